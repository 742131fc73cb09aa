package app

import (
	"github.com/skygate-io/skygate/adapters/rest"
	"github.com/skygate-io/skygate/namespaces/acars"
	"github.com/skygate-io/skygate/namespaces/audio"
	"github.com/skygate-io/skygate/namespaces/cannonball"
	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/gateway"
)

// namespaces are what clients connect to: one entry for each.
func (a *App) namespaces(auth gateway.Auth) []*gateway.Namespace {
	a.cannonball = cannonball.New(cannonball.Config{Hub: a.hub, Auth: auth, Logger: a.logger})
	main := root.New(root.Config{Hub: a.hub, Auth: auth, Logger: a.logger, Receiver: a.receiver, Online: a.online, Refresh: a.refresh, System: system{a}})
	root.AddAcknowledge(main, a.hub, a.safety)
	root.AddRules(main, a.alerts.book)
	all := []*gateway.Namespace{
		main,
		acars.New(acars.Config{Hub: a.hub, Auth: auth, Logger: a.logger}),
		audio.New(audio.Config{Hub: a.hub, Auth: auth, Logger: a.logger}),
		a.cannonball.Namespace(),
	}
	for _, n := range all {
		n.Limit(a.cfg.Limits)
	}
	a.spaces = all
	return all
}

// overHTTP are those whose requests are answered by GET, too.
func overHTTP(all []*gateway.Namespace) (out []rest.Namespace) {
	for _, n := range all {
		out = append(out, n)
	}
	return out
}
