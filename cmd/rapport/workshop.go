package main

import (
	"context"

	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/curation"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// workshop takes what people offer for the library, where somebody curates it.
type workshop struct{ *app }

func (w workshop) jobs() jobs.Workshop { return jobs.Workshop{Crew: w.crew} }

// May says what somebody may do. Without a curator nobody can offer anything: nobody would
// answer.
func (w workshop) May(ctx context.Context, who roster.ID) (bool, curation.Hand, error) {
	curators := w.cfg.Web.Curators
	if len(curators) == 0 {
		return false, curation.Hand{ID: who}, nil
	}
	curates, err := roles(w).among(ctx, who, curators)
	if err != nil {
		return false, curation.Hand{ID: who}, err
	}
	offer, err := w.jobs().MayPropose(ctx, who)
	return offer, curation.Hand{ID: who, Curator: curates, Alone: len(curators) == 1}, err
}

func (w workshop) Offers(ctx context.Context, of roster.ID) ([]curation.Contribution, error) {
	if of == "" {
		return w.jobs().Offered(ctx)
	}
	return w.jobs().Mine(ctx, of)
}

func (w workshop) Propose(ctx context.Context, who roster.ID, d curation.Draft) (curation.Contribution, []curation.Problem, error) {
	return w.jobs().Propose(ctx, who, d)
}

func (w workshop) Decide(ctx context.Context, by curation.Hand, id string, d curation.Decision) (curation.Contribution, []curation.Problem, error) {
	return w.jobs().Decide(ctx, by, id, d)
}

func (w workshop) Findings(ctx context.Context) ([]curation.Finding, error) {
	return w.jobs().Findings(ctx)
}

func (w workshop) Stories(ctx context.Context, playbook string) ([]curation.Tale, error) {
	return w.jobs().Stories(ctx, playbook)
}
