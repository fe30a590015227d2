"""From whatever holds patches to a manifest: read it, find its upstream, plan what is written."""
