// Answers card presses with Microsoft's botbuilder, doing what rapport does: check the
// service's token in full, find the press, answer with a card. Plain node http, because every
// web framework on top would only make it slower.
'use strict';
const http = require('http');
const fs = require('fs');
const { ActivityHandler, CloudAdapter, ConfigurationBotFrameworkAuthentication } = require('botbuilder');

const { APP, METADATA, ISSUER, CARD } = process.env;
const card = JSON.parse(fs.readFileSync(CARD, 'utf8'));

class Bot extends ActivityHandler {
  async onAdaptiveCardInvoke() {
    return { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: card };
  }
}

const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication({
  MicrosoftAppId: APP,
  MicrosoftAppPassword: 'hush',
  ToBotFromChannelOpenIdMetadataUrl: METADATA,
  ToBotFromChannelTokenIssuer: ISSUER,
  ToChannelFromBotLoginUrl: 'https://login.microsoftonline.com/botframework.com',
  ToChannelFromBotOAuthScope: 'https://api.botframework.com',
}));
adapter.onTurnError = async (_, err) => { console.error(err); };
const bot = new Bot();

// The adapter expects the response of a web framework; these are the calls it makes.
function dressed(res) {
  res.status = (code) => { res.statusCode = code; return res; };
  res.header = (name, value) => res.setHeader(name, value);
  res.send = (body) => {
    if (body !== undefined && typeof body !== 'string') {
      res.setHeader('Content-Type', 'application/json; charset=utf-8');
      body = JSON.stringify(body);
    }
    res.end(body);
  };
  return res;
}

const server = http.createServer((req, res) => {
  const parts = [];
  req.on('data', (d) => parts.push(d));
  req.on('end', async () => {
    try {
      req.body = JSON.parse(Buffer.concat(parts).toString('utf8'));
      await adapter.process(req, dressed(res), (context) => bot.run(context));
    } catch (err) {
      if (!res.headersSent) res.statusCode = err.statusCode || 500;
      res.end();
    }
  });
});
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`));
process.stdin.on('end', () => process.exit(0)).resume();
