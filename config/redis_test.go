package config

import "testing"

func TestRedisMayBeOneServerOrMany(t *testing.T) {
	for address, good := range map[string]bool{
		"redis://h:6379/0": true, "unix:///s": true, "redis-sentinel://a:1,b:2/0?master=m": true, "rediss-sentinel://u:p@a,b?master=m": true,
		"redis-cluster://a:1,b:2": true, "redis-sentinel://a:1,b:2/0": false, "redis-cluster://a?master=m": false, "redis://h?master=m": false,
		"redis-farm://a": false, "http-cluster://a": false, "redis-cluster://": false, "": false,
	} {
		var p Problems
		(&Redis{URL: NewSecret(address)}).validate(&p)
		if (len(p) == 0) != good {
			t.Errorf("%q: %v", address, p)
		}
	}
}

func TestAnAddressWithAPasswordDoesNotBelongInTheFile(t *testing.T) {
	for address, may := range map[string]bool{
		"redis://h": true, "redis-sentinel://a,b:1/0?master=m": true, "redis-cluster://u@a,b": true, "redis://u:p@h": false,
		"redis-cluster://u:p@a,b": false, "redis-sentinel://a,b?master=m&sentinel_password=p": false, "redis://%zz": false,
	} {
		if open(address) != may {
			t.Errorf("%q may stand in the file: %v", address, !may)
		}
	}
}
