# shellcheck shell=bash
# tests/cluster/procs.sh: processes of a private cluster, sourced by the scripts beside it. $dir is the folder of the cluster, and
# $dir/pids its register: "NAME PID STARTTIME" a line, so that a pid that has become somebody else's is never signalled.
me=${0##*/}
: "${dir:=}"

die() {
	echo "$me: $*" >&2
	exit 1
}

# Field 22 of /proc/PID/stat: when the process started. Nothing: there is none, or it is a zombie.
started() { # PID
	local stat f
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
	read -ra f <<<"${stat##*) }"
	[ "${f[0]}" != Z ] && echo "${f[19]}"
}

lives() { # PID STARTTIME
	[ "$(started "$1")" = "$2" ]
}

pid_of() { # NAME: its pid, as long as it runs
	local name pid at
	while read -r name pid at; do
		[ "$name" = "$1" ] && lives "$pid" "$at" && echo "$pid" && return
	done <"$dir/pids"
	return 1
}

# Runs COMMAND in a session of its own, output to LOG. No descriptor of ours stays open in it: $(...-up) ends when we end.
launch() { # NAME LOG COMMAND...
	local name=$1 log=$2 at pid
	shift 2
	setsid "$@" </dev/null >"$log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
	pid=$!
	disown
	at=$(started $pid) && echo "$name $pid $at" >>"$dir/pids"
}

# The same in PID, UTS and mount namespaces of its own: host name NAME, $dir/hosts as /etc/hosts, $dir/home/NAME as the home
# folder. When the first process of the namespace (SCRIPT, run by bash with the ARGs) dies, the kernel ends all the others.
launch_host() { # NAME LOG SCRIPT ARG...
	local name=$1 log=$2 script=$3 home
	shift 3
	home=$(getent passwd "$(id -u)" | cut -d: -f6)
	mkdir -p "$dir/home/$name"
	# shellcheck disable=SC2016 # for the inner shell
	launch "$name" "$log" unshare --uts --mount --pid --fork --kill-child --mount-proc bash -c '
		hostname "$0" && mount --bind "$1/hosts" /etc/hosts && mount --bind "$1/home/$0" "$2" || exit 1
		export HOME=$2; shift 2; '"$script" "$name" "$dir" "$home" "$@"
}

# SIGNAL to all whose name fits PATTERN, and SIGKILL a second later to those that are left.
end() { # SIGNAL PATTERN
	local name pid at i
	while read -r name pid at; do
		# shellcheck disable=SC2254 # a pattern
		case $name in $2) lives "$pid" "$at" && kill "-$1" "$pid" ;; esac
	done <"$dir/pids" 2>/dev/null
	while read -r name pid at; do
		# shellcheck disable=SC2254
		case $name in $2) ;; *) continue ;; esac
		for ((i = 0; i < 100; i++)); do
			lives "$pid" "$at" || continue 2
			[ $i != 20 ] || kill -KILL "$pid" 2>/dev/null
			sleep 0.05
		done
		echo "$me: process $pid ($name) does not end" >&2
	done <"$dir/pids"
}

# COUNT neighbouring ports of loopback that nobody listens on: prints the first.
free_ports() { # COUNT FROM
	local try i first
	for ((try = 0; try < 50; try++)); do
		first=$(($2 + RANDOM % 2000))
		for ((i = 0; i < $1; i++)); do
			(exec 3<>"/dev/tcp/127.0.0.1/$((first + i))") 2>/dev/null && continue 2
		done
		echo $first
		return
	done
	die "no free ports"
}

# The folder of a new cluster into $dir. Short, for sockets are made in it.
new_dir() { # DIR|'' TEMPLATE
	dir=${1:-$(mktemp -d "$2")} || die "mktemp: $2"
	mkdir -p "$dir/log" || exit 1
	dir=$(cd "$dir" && pwd -P) || exit 1
	[ ${#dir} -le 50 ] || die "$dir: too long a name for sockets in it"
	[ ! -e "$dir/pids" ] || die "$dir: in use (end it with ${me%-up}-down)"
	: >"$dir/pids"
}

hosts_file() { # COUNT [NAME...]: node1 ... and NAMEs on loopback
	echo "127.0.0.1 localhost $(seq -s ' ' -f node%g "$1") ${*:2}" >"$dir/hosts"
	grep -v '^127\.0\.0\.1[[:space:]]*localhost' /etc/hosts >>"$dir/hosts"
}

# Whether namespaces can be made here.
have_namespaces() {
	[ "$(id -u)" = 0 ] && unshare --uts --mount --pid --fork --mount-proc true 2>/dev/null
}

# The cluster is down: its folder goes, or with KEEP its register.
forget() { # KEEP
	[ -z "$1" ] || { mv "$dir/pids" "$dir/pids.old"; return; }
	rm -rf -- "$dir"
}
