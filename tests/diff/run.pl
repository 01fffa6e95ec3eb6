# The body of tests/diff/run. Reads the *.cases files, runs every case in a folder and a session of its own,
# four at a time, one bash each, and compares (or records) stdout, exit status and the files left behind.
# It never ends a process outside the session that it made for a case.
use strict;
use warnings;
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use POSIX qw(:sys_wait_h setsid);
use Time::HiRes qw(time sleep);

my $dir = shift;
my %o = (j => 4, group => [], case => []);
while (@ARGV) {
	my $a = shift;
	if ($a =~ /^--(record|compare|half1|list|quiet)$/) { $o{$1} = 1 }
	elsif ($a =~ /^--(group|case)(?:=(.*))?$/s) { push @{$o{$1}}, defined $2 ? $2 : shift }
	elsif ($a =~ /^-j(\d*)$/) { $o{j} = length $1 ? $1 : shift }
	else { die "run: $a: unknown option\n" }
}
# Differences that are meant, or not mended yet: NAME REASON.
if (!$o{compare} && !$o{record} && open my $k, "<", "$dir/../known") {
	while (<$k>) { $o{known}{$1} = $2 if /^([^\s#]\S*)\s+(.*)/ }
}
my ($prog, $ref) = @ENV{qw(P REF)};
die "run: $prog: not there (build first, or set P)\n" unless $o{record} || $o{list} || -x $prog;
die "run: no GNU parallel to run\n" if ($o{record} || $o{compare}) && !($ref && -x $ref);
my $top = tempdir("fh-diff.XXXXXX", TMPDIR => 1, CLEANUP => 1);
my $main = $$;
$SIG{INT} = $SIG{TERM} = sub { exit 130 };

# --- text <-> bytes. A line holds text up to its newline; "\c" at the end takes the newline away.
sub enc {
	my $s = shift;
	my $p = shift;
	return "" if $s eq "";
	my @l = split /(?<=\n)/, $s;
	my $r = "";
	for (@l) {
		my $nl = s/\n\z//;
		s/\\/\\\\/g;
		unless (/\A(?:[\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2})*\z/ && !/ \z/) {
			s/([^\x20-\x7e])/sprintf "\\x%02x", ord $1/ge;
			s/ \z/\\x20/;
		}
		$r .= $p . (length || !$nl ? " $_" : "") . ($nl ? "" : "\\c") . "\n";
	}
	return $r;
}
sub dec {
	my $s = join "", map { my $l = $_; $l =~ s/\\c\z// ? $l : "$l\n" } @_;
	$s =~ s/\\(\\|x([0-9a-f]{2}))/defined $2 ? chr hex $2 : "\\"/ge;
	return $s;
}

# --- the files of cases
sub load {
	my ($file) = @_;
	my ($g) = $file =~ m{([^/]+)\.cases$};
	my (@cases, $c, $into, @head, @lead);
	my $def = "";
	open my $fh, "<", $file or die "run: $file: $!\n";
	while (<$fh>) {
		chomp;
		if (/^%flags (.*)/) { $def = $1; push @lead, $_; next }
		if (/^== (\S+)(?:\s+(.*))?$/) {
			$c = { group => $g, name => $1, own => $2 // "", cmd => [], lead => [@lead] };
			$c->{flag}{$_} = $c->{own} =~ /(?:^| )\Q$_\E(?: |$)/ || $def =~ /(?:^| )\Q$_\E(?: |$)/
			    for qw(sorted sortfiles files joblog nostdout norc issue3 stderr parnames);
			$c->{limit} = $c->{own} =~ /limit=(\d+)/ ? $1 : 20;
			$c->{need} = $c->{own} =~ /need=(\S+)/ ? $1 : undef;
			$c->{module} = $c->{own} =~ /module=(\S+)/ ? $1 : undef;
			push @cases, $c;
			@lead = ();
			$into = undef;
		} elsif (/^#/ || !length) { push @lead, $_ }
		elsif (!$c) { die "run: $file:$.: text before the first case\n" }
		elsif (/^\$ ?(.*)/) { push @{$c->{cmd}}, $1 }
		elsif (/^<(?: (.*))?$/) { push @{$c->{in}}, $1 // "" }
		elsif (/^\+ (.*)/) { $into = [$1]; push @{$c->{setup}}, $into }
		elsif (/^\@ (.*)/) { $into = [dec("$1\\c")]; push @{$c->{xfiles}}, $into }
		elsif (/^\|(?: (.*))?$/) { push @$into, $1 // "" }
		elsif (/^>(?: (.*))?$/) { push @{$c->{xout}}, $1 // "" }
		elsif (/^\? (.*)/) { $c->{xrc} = $1 }
		elsif (/^2 (yes|no)/) { $c->{xerr} = $1 }
		else { die "run: $file:$.: not understood: $_\n" }
	}
	close $fh;
	return { file => $file, cases => \@cases, tail => [@lead] };
}
sub store {
	my ($f) = @_;
	my $s = "";
	for my $c (@{$f->{cases}}) {
		$s .= join "", map { "$_\n" } @{$c->{lead}};
		$s .= "== $c->{name}" . (length $c->{own} ? " $c->{own}" : "") . "\n";
		for (@{$c->{setup}}) { my ($n, @l) = @$_; $s .= "+ $n\n" . join "", map { length ? "| $_\n" : "|\n" } @l }
		$s .= join "", map { length ? "< $_\n" : "<\n" } @{$c->{in} // []};
		$s .= join "", map { length ? "\$ $_\n" : "\$\n" } @{$c->{cmd}};
		my $r = $c->{rec} // expect($c);
		$s .= enc($r->{out}, ">") unless $c->{flag}{nostdout};
		$s .= "? $r->{rc}\n" if $r->{rc} ne "0" && !$c->{flag}{norc};
		$s .= "2 $r->{err}\n" if $c->{flag}{stderr};
		if (has_files($c)) {
			for (sort keys %{$r->{files}}) {
				(my $n = $_) =~ s/([\x00-\x1f\x7f\\])/$1 eq "\\" ? "\\\\" : sprintf "\\x%02x", ord $1/ge;
				$s .= "\@ $n\n" . enc($r->{files}{$_}, "|");
			}
		}
	}
	$s .= join "", map { "$_\n" } @{$f->{tail}};
	open my $fh, ">", "$f->{file}.new" or die "run: $f->{file}.new: $!\n";
	print $fh $s;
	close $fh or die "run: $f->{file}.new: $!\n";
	rename "$f->{file}.new", $f->{file} or die "run: $f->{file}: $!\n";
}
sub has_files { $_[0]{flag}{files} || $_[0]{flag}{joblog} }
sub expect {
	my ($c) = @_;
	my %f;
	for (@{$c->{xfiles} // []}) { my ($n, @l) = @$_; $f{$n} = dec(@l) }
	return { out => dec(@{$c->{xout} // []}), rc => $c->{xrc} // "0", err => $c->{xerr} // "no", files => \%f };
}

# --- running one
sub spew { my ($n, $s) = @_; open my $fh, ">", $n or die "run: $n: $!\n"; print $fh $s; close $fh }
sub slurp { my ($n) = @_; open my $fh, "<", $n or return ""; local $/; my $s = <$fh>; return $s // "" }

sub begin {
	my ($c, $p) = @_;
	my $t = "$top/" . ++$o{serial};
	make_path("$t/w", "$t/h/.parallel", "$t/tmp");
	spew("$t/h/.parallel/will-cite", "");
	for (@{$c->{setup}}) {
		my ($n, @l) = @$_;
		make_path("$t/w/$1") if $n =~ m{^(.*)/};
		next if $n =~ m{/$};
		spew("$t/w/$n", dec(@l));
		chmod 0755, "$t/w/$n" if @l && $l[0] =~ /^#!/;
	}
	spew("$t/in", dec(@{$c->{in}})) if $c->{in};
	my $pid = fork // die "run: fork: $!\n";
	if (!$pid) {
		$SIG{$_} = "DEFAULT" for qw(INT TERM);
		setsid();
		chdir "$t/w";
		open STDIN, "<", $c->{in} ? "$t/in" : "/dev/null";
		open STDOUT, ">", "$t/out";
		open STDERR, ">", "$t/err";
		%ENV = (PATH => "/usr/local/bin:/usr/bin:/bin", LC_ALL => "C.UTF-8", TZ => "UTC", TERM => "dumb",
		    HOME => "$t/h", PARALLEL_HOME => "$t/h/.parallel", TMPDIR => "$t/tmp", SHELL => "/bin/bash",
		    USER => "user", LOGNAME => "user", P => $p, ($p eq ($ref // "") && $ENV{FH_REF_PERL5LIB} ? (PERL5LIB => $ENV{FH_REF_PERL5LIB}) : ()));
		# "exit" keeps bash as the parent: both look at who called them to choose the shell.
		exec "/bin/bash", "-c", join("\n", @{$c->{cmd}}) . "\nexit" or POSIX::_exit(126);
	}
	return { pid => $pid, t => $t, c => $c, since => time };
}
sub end_session {
	my ($sid) = @_;
	for my $st (glob "/proc/[0-9]*/stat") {
		my $l = slurp($st);
		next unless $l =~ /^(\d+) \(.*\) \S \d+ \d+ (\d+)/s && $2 == $sid;
		kill "KILL", $1;
	}
}
sub tidy {
	my ($c, $t, $s) = @_;
	$s =~ s{\Q$t/w\E}{CWD}g;
	$s =~ s{\Q$t/h\E}{HOME}g;
	$s =~ s{\Q$t/tmp\E}{TMP}g;
	$s =~ s{par[A-Za-z0-9_]{5}(?=\.par\b)}{parXXXXX}g if $c->{flag}{parnames};
	if ($c->{flag}{joblog}) {
		$s =~ s{^(-?\d+)\t([^\t\n]*)\t *-?\d+\.\d+\t *-?\d+\.\d+(?=\t)}{$1\t$2\tSTART\tRUN}mg;
		$s =~ s{^(-?\d+),([^,\n]*),-?\d+\.\d+,-?\d+\.\d+(?=,)}{$1,$2,START,RUN}mg;
		$s =~ s{("Starttime": )[\d.]+(, "JobRuntime": )[\d.]+}{$1START$2RUN}g;
	}
	return $s;
}
sub tree {
	my ($c, $t) = @_;
	my (%f, @todo, %set);
	$set{$_->[0]} = dec(@{$_}[1 .. $#$_]) for @{$c->{setup}};
	@todo = ("");
	while (defined(my $d = shift @todo)) {
		opendir my $dh, "$t/w/$d" or next;
		my @e = grep { !/^\.\.?$/ } readdir $dh;
		$f{$d} = "" if length $d && !@e;
		for (@e) {
			my $n = "$d$_";
			if (-d "$t/w/$n" && !-l "$t/w/$n") { push @todo, "$n/"; next }
			my $s = -f "$t/w/$n" ? slurp("$t/w/$n") : "not a file\n";
			next if exists $set{$n} && $set{$n} eq $s;
			$s = tidy($c, $t, $s);
			$s = join "", sort split /(?<=\n)/, $s if $c->{flag}{sortfiles};
			$n =~ s{par[A-Za-z0-9_]{5}(?=\.par$)}{parXXXXX} if $c->{flag}{parnames};
			$f{$n} = ($f{$n} // "") . $s;
		}
	}
	return \%f;
}
sub finish {
	my ($r, $st) = @_;
	my ($c, $t) = @{$r}{qw(c t)};
	end_session($r->{pid});
	my $out = tidy($c, $t, slurp("$t/out"));
	$out = join "", sort map { /\n\z/ ? $_ : "$_\n" } split /(?<=\n)/, $out if $c->{flag}{sorted};
	my $res = { out => $c->{flag}{nostdout} ? "" : $out, errtext => slurp("$t/err"), took => time - $r->{since} };
	$res->{err} = length $res->{errtext} ? "yes" : "no";
	$res->{rc} = $c->{flag}{norc} ? "0" : $r->{late} ? "timeout" : $st & 127 ? "signal " . ($st & 127) : $st >> 8;
	$res->{files} = has_files($c) ? tree($c, $t) : {};
	remove_tree($t, { safe => 0 });
	return $res;
}

# --- comparing
sub first_diff {
	my ($want, $got) = @_;
	my @w = split /\n/, enc($want, "") , -1;
	my @g = split /\n/, enc($got, ""), -1;
	for my $i (0 .. ($#w > $#g ? $#w : $#g)) {
		my ($a, $b) = ($w[$i] // "(nothing)", $g[$i] // "(nothing)");
		next if $a eq $b;
		return "line " . ($i + 1) . ": want '" . substr($a, 0, 160) . "' got '" . substr($b, 0, 160) . "'";
	}
	return "same";
}
sub differ {
	my ($c, $w, $g) = @_;
	my @d;
	push @d, "status: want $w->{rc} got $g->{rc}" if $w->{rc} ne $g->{rc};
	push @d, "stdout " . first_diff($w->{out}, $g->{out}) if $w->{out} ne $g->{out};
	push @d, "stderr: want $w->{err} got $g->{err}" if $c->{flag}{stderr} && $w->{err} ne $g->{err};
	if (has_files($c)) {
		my %n = (%{$w->{files}}, %{$g->{files}});
		for (sort keys %n) {
			if (!exists $g->{files}{$_}) { push @d, "file $_: missing" }
			elsif (!exists $w->{files}{$_}) { push @d, "file $_: should not be there" }
			elsif ($w->{files}{$_} ne $g->{files}{$_}) { push @d, "file $_ " . first_diff($w->{files}{$_}, $g->{files}{$_}) }
		}
	}
	my ($e) = $g->{errtext} =~ /([^\n]+)/;
	push @d, "stderr was: " . substr($e, 0, 200) if @d && defined $e;
	return @d;
}

# --- the plan: every case is a list of runs; they are done four at a time and told in order
my @files = map { load($_) } sort glob "$dir/*.cases";
my (%seen, @todo);
for my $f (@files) {
	for my $c (@{$f->{cases}}) {
		die "run: $c->{name}: two cases have this name\n" if $seen{$c->{name}}++;
		next if @{$o{group}} && !grep { $_ eq $c->{group} } @{$o{group}};
		next if $o{half1} && $c->{flag}{issue3};
		next if @{$o{case}} && !grep { my $p = quotemeta; $p =~ s/\\\*/.*/g; $c->{name} =~ /^$p$/ } @{$o{case}};
		push @todo, $c;
	}
}
if ($o{list}) { print "$_->{group} $_->{name}\n" for @todo; exit 0 }
my ($pass, $fail, $skip, $told, %running) = (0, 0, 0, 0);
sub next_prog { my ($c) = @_; my $n = @{$c->{res} // []}; return $o{record} ? $ref : $o{compare} ? ($n == 1 ? $prog : $ref) : $prog }
sub more {
	my ($c) = @_;
	my $n = @{$c->{res}};
	return $n == 1 && !$o{known}{$c->{name}} && differ($c, expect($c), $c->{res}[0]) ? 1 : 0 unless $o{compare} || $o{record};
	return 0 if $o{record};
	return 1 if $n == 1;
	return $n == 2 && differ($c, @{$c->{res}}) ? 1 : 0;
}
sub report {
	my ($c) = @_;
	my $n = ++$told;
	my @r = @{$c->{res}};
	my $l = "$n - $c->{group}: $c->{name}";
	if ($o{record}) {
		$c->{rec} = $r[0];
		my @d = differ($c, expect($c), $r[0]);
		$pass++;
		print "ok $l", @d ? " # recorded anew" : "", "\n";
		print "# late\n" if $r[0]{rc} eq "timeout";
		return;
	}
	my @d = differ($c, $o{compare} ? @r[0, 1] : (expect($c), $r[-1]));
	if (!@d) { $pass++; print "ok $l", !$o{compare} && @r > 1 ? " # at the second try\n" : "\n"; return }
	if ($o{known}{$c->{name}}) {
		$skip++;
		print "ok $l # SKIP known difference: $o{known}{$c->{name}}\n";
		return;
	}
	if (@r == 3 && (my @n = differ($c, @r[0, 2]))) {
		$skip++;
		print "ok $l # SKIP the reference does not repeat itself: $n[0]\n";
		return;
	}
	$fail++;
	print "not ok $l\n", map { "# $_\n" } "\$ " . join("; ", @{$c->{cmd}}), @d;
}
$| = 1;
my @queue = @todo;
my $out = 0;
while (@queue || %running || $out < @todo) {
	while (@queue && keys %running < $o{j}) {
		my $c = shift @queue;
		if (my $n = lacking($c)) { $c->{done} = 1; $c->{skip} = $n; next }
		my $r = begin($c, next_prog($c));
		$running{$r->{pid}} = $r;
	}
	while ($out < @todo && $todo[$out]{done}) {
		my $c = $todo[$out++];
		if ($c->{skip}) { $skip++; print "ok ", ++$told, " - $c->{group}: $c->{name} # SKIP no $c->{skip}\n" }
		else { report($c) }
		$c->{res} = undef;
	}
	last unless %running || @queue;
	my $pid = waitpid(-1, WNOHANG);
	if ($pid > 0 && (my $r = delete $running{$pid})) {
		my $st = $?;
		my $c = $r->{c};
		push @{$c->{res}}, finish($r, $st);
		if (more($c)) { my $n = begin($c, next_prog($c)); $running{$n->{pid}} = $n }
		else { $c->{done} = 1 }
		next;
	}
	for (values %running) {
		next if $_->{late} || time - $_->{since} < $_->{c}{limit};
		$_->{late} = 1;
		end_session($_->{pid});
	}
	sleep 0.01;
}
# What the machine lacks for this case, or undef. A perl module is wanted by the reference only (FH_REF_PERL5LIB adds a place).
sub lacking {
	my ($c) = @_;
	my ($n, $m) = @{$c}{qw(need module)};
	return $n if $n && !($o{has}{$n} //= (grep { -x "$_/$n" } qw(/usr/local/bin /usr/bin /bin)) ? 1 : 0);
	if ($m && ($o{record} || $o{compare})) {
		local $ENV{PERL5LIB} = $ENV{FH_REF_PERL5LIB} // "";
		$o{has}{$m} //= system("perl -M$m -e 1 2>/dev/null") ? 0 : 1;
		return $m unless $o{has}{$m};
	}
	return undef;
}
if ($o{record}) { store($_) for @files }
print "1..$told\n";
print "# $skip skipped\n" if $skip;
print "$pass passed, $fail failed\n";
exit($fail ? 1 : 0);
END { remove_tree($top) if $main && $$ == $main && $top; }
