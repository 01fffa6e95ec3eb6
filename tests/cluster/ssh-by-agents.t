#!/usr/bin/env bash
# What ssh.t asks of -S, where the hosts have our fh-parallel: the same must come of it.
exec bash "$(dirname "$0")/ssh.t" --agents
