/* fh-parallel: what a command line becomes. Each row is recorded from GNU parallel 20221122 --dry-run -k with two
 * processors (words separated by '~', lines of output). */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "batch.h"
#include "direct.h"
#include "meter.h"
#include "source.h"
#include "tmpl.h"

static const struct {
	const char *words, *out;
} rows[] = {
	{ "echo~:::~a~b c~",
	    "echo a\necho 'b c'\necho ''\n" },
	{ "echo~{}~x{}y~:::~",
	    "echo '' x''y\n" },
	{ "{}~:::~a b",
	    "a b\n" },
	{ "{}~x~{}~:::~a b",
	    "a b x a b\n" },
	{ "{1}~{2}~:::~a b~:::~c d",
	    "a b c d\n" },
	{ "a;{}~z~:::~a b",
	    "a;a b z\n" },
	{ "ab{}=c~{}~:::~a b",
	    "aba b=c a b\n" },
	{ "A={}~echo~{}~:::~a b",
	    "A='a b' echo 'a b'\n" },
	{ " {}~:::~a b",
	    " 'a b'\n" },
	{ ":::~echo 'x  y'",
	    "echo 'x  y'\n" },
	{ "-q~:::~a b",
	    "'a b'\n" },
	{ "-q~{}~x~:::~a b",
	    "'a b' x\n" },
	{ "-q~echo~a b~{}~$x~{}z~it's~~:::~a b~",
	    "echo 'a b' 'a b' '$x' 'a bz' 'it'\"'\"'s' ''\necho 'a b' '' '$x' z 'it'\"'\"'s' ''\n" },
	{ "-q~-X~-j1~echo~a  b{}c d~{}~:::~a b~c",
	    "echo 'a  ba bc' 'bcc d' 'a b' c\n" },
	{ "-q~-m~-j1~echo~a  b{}c d~{}~:::~a b~c",
	    "echo 'a  ba b' 'cc d' 'a b' c\n" },
	{ "-q~-N2~echo~ab{}c~:::~a~c~d",
	    "echo abac abcc\necho abdc\n" },
	{ "-q~echo~'{}'~:::~a~'",
	    "echo \"'\"'a'\"'\"\necho \"'\"''\"'\"''\"'\"\n" },
	{ "echo~  b c~d~:::~x",
	    "echo   b c d x\n" },
	{ "echo~'{}'~\"{}\"~:::~a b~'~''~a'~'a",
	    "echo ''a b'' \"'a b'\"\necho '\"'\"' \"\"'\"\"\necho '\"'\"''\"'\"' \"\"'\"''\"'\"\"\necho ''a'\"'\"' \"'a'\"'\"\"\necho '\"'\"'a'' \"\"'\"'a'\"\n" },
	{ "echo~{/}~{//}~{/.}~{.}~:::~a/b/c.d.e~/~//~/a~a/~.x~a/.x~a.b/c~~.~..~a/b.~a/b/~a..b",
	    "echo c.d.e a/b c.d a/b/c.d\necho '' / '' /\necho '' / '' //\necho a / a /a\necho '' . '' a/\necho .x . '' ''\necho .x a '' a/\necho c a.b c a.b/c\necho '' . '' ''\necho . . '' ''\necho .. . . .\necho b. a b a/b\necho '' a '' a/b/\necho a..b . a. a.\n" },
	{ "echo~{1/.}~{-1.}~{2/}~{01}~{0}~{1}~{+1}~{-2//}~{3}~:::~a/b/c.d~:::~e/f.g",
	    "echo c e/f f.g a/b/c.d a/b/c.d e/f.g a/b/c.d {+1} a/b \n" },
	{ "echo~{1..}~{1 }~{ 1}~{1/./}~{}~{{}}~{~}~:::~a.b",
	    "echo {1..} a.b { 1} {1/./} a.b {a.b} { }\n" },
	{ "-I~XX~echo~XX~{}~{.}~{XX}~:::~a.b",
	    "echo a.b {} a {a.b}\n" },
	{ "-I~{x}~echo~{x}~{}~{1x}~{1}~{.}~:::~a.b",
	    "echo a.b {} a.b {1} a\n" },
	{ "--er~XX~echo~XX~{.}~{}~{1.}~:::~a.b",
	    "echo a {.} a.b {1.}\n" },
	{ "--er~{x}~echo~{x}~{.}~{}~{1.}~{1x}~:::~a.b",
	    "echo a {.} a.b {1.} a\n" },
	{ "--bnr~{x}~--bner~{y}~--dnr~{z}~--seqreplace~{s}~--slotreplace~{t}~echo~{x}~{y}~{z}~{s}~{t}~{/}~{/.}~{//}~{#}~{%}~:::~a/b.c",
	    "echo b.c b a 1 1 {/} {/.} {//} {#} {%}\n" },
	{ "-i~echo~XX~{}~:::~a.b",
	    "XX {} a.b\n" },
	{ "-iXX~echo~XX~{}~:::~a.b",
	    "echo a.b {}\n" },
	{ "echo~{#}~:::~a~b",
	    "echo 1\necho 2\n" },
	{ "--header~:~echo~{a}~{b/}~{b.}~{-1}~{1}~:::~a~1~2~:::~b~x/1.c",
	    "echo 1 1.c x/1 x/1.c 1\necho 2 1.c x/1 x/1.c 2\n" },
	{ "--header~:~echo~{a}~{b/}~:::~a~1",
	    "echo 1 {b/}\n" },
	{ "--header~:~-C~,~echo~{a}~{b/}~{b.}~{c}~:::~a,b~1,2~3,4.c",
	    "echo 1 2 2 {c}\necho 3 4.c 4 {c}\n" },
	{ "--header~:~echo~{1x}~{-}~{x y}~{a/b}~{a/b.}~{a/b/}~:::~1x~1~:::~-~2~:::~x y~3~:::~a/b~4/5.6",
	    "echo 1 2 3 4/5.6 4/5 5.6\n" },
	{ "--plus~echo~{..}~{...}~{+/}~{+.}~{+..}~{+...}~{/..}~{/...}~{##}~{0#}~:::~a/b.c.d.e.f~a~b.c~/x~a..b~a.b/c~x.y.z.w/",
	    "echo a/b.c.d a/b.c a f e.f d.e.f b.c.d b.c 7 1\necho a a '' '' '' '' a a 7 2\necho b.c b.c '' c '' '' b.c b.c 7 3\necho /x /x '' '' '' '' x x 7 4\necho a a..b '' b .b '' a a..b 7 5\necho a.b/c a.b/c a.b b/c '' '' c c 7 6\necho x.y.z.w/ x.y.z.w/ x.y.z.w w/ '' '' '' '' 7 7\n" },
	{ "--plus~echo~{1..}~{2+/}~{1:2}~{:2}~{:1:2}~{#a}~{##a.*b}~{%e}~{%%f.*}~{/b/X}~{//b/X}~{^a}~{^^a}~{,A}~{,,A}~{:-dd}~:::~abcABC~:::~x/y",
	    "echo abcABC x cABC cABC y bc /y bcABC x/y cABC x/y abcABC x/y abcABC x/y aXcABC x/y aXcABC x/y AbcABC x/y AbcABC x/y abcABC x/y abcaBC x/y abcABC x/y\n" },
	{ "--plus~echo~{slot}~\"{host}\"~{sshlogin}~x{hgrp}y~{agrp}~:::~a b",
	    "echo ${PARALLEL_JOBSLOT} \"${PARALLEL_SSHHOST}\" ${PARALLEL_SSHLOGIN} x${PARALLEL_HOSTGROUPS}y ${PARALLEL_ARGHOSTGROUPS}\n" },
	{ "--plus~echo~{1slot}~{1##}~{1#}~{2%}~{#0}~{^}~{% }~{//a}~:::~a",
	    "echo     a {^} a {//a}\n" },
	{ "--plus~echo~{#a*}~{##a*}~{%b*}~{%%b*}~{/a(b)/x$1y}~{//b/}~{^a}~{^^[ab]}~{,A}~{,,[AB]}~{1/a/z}~{-1^a}~:::~aabbAB",
	    "echo aabbAB bbAB aabbAB aabbAB 'ax$1ybAB' aaAB AabbAB AABBAB aabbAB aabbab zabbAB AabbAB\n" },
	{ "--plus~echo~{/b/$&$&}~{/b/\\n}~{/b/\"}~{/b/'}~{/b/%d}~{//(.)/$1$1}~{%(b)}~{%b}~{%%b.}~:::~aabbAB",
	    "echo 'aa$&$&bAB' 'aa\\nbAB' 'aa\"bAB' 'aa'\"'\"'bAB' 'aa%dbAB' '$1$1$1$1$1$1$1$1$1$1$1$1' aabbAB aabbAB aabbAB\n" },
	{ "--plus~echo~{:-}~{:-$HOME}~{:-a b}~{:a}~{:-1}~{:1:}~{:0:2}~:::~~0~abc",
	    "echo {:-} '$HOME' 'a b' {:a} 1 {:1:} ''\necho {:-} '$HOME' 'a b' {:a} 1 {:1:} 0\necho {:-} abc abc {:a} abc {:1:} ab\n" },
	{ "--plus~echo~{%.*}~{%%.*}~{#.*/}~{##.*/}~{%.gz}~{%\\.gz}~{/.gz/}~{^^.}~{^.}~{,,.}~{^[a-c]}~:::~aa/bb/c.d.gz",
	    "echo aa/bb/c.d.gz '' bb/c.d.gz c.d.gz aa/bb/c.d aa/bb/c.d aa/bb/c.d AA/BB/C.D.GZ Aa/bb/c.d.gz aa/bb/c.d.gz Aa/bb/c.d.gz\n" },
	{ "--plus~echo~{#(a)a}~{:9}~{:1:2}~{:9:1}~:::~aa.c.c~0~abc",
	    "echo a '' a. ''\necho 0 '' '' ''\necho abc '' bc ''\n" },
	{ "-N2~echo~x{}y~:::~1~2~3",
	    "echo x1y x2y\necho x3y\n" },
	{ "echo~x{}y~:::~1~2~:::~a~b",
	    "echo x1 ay\necho x1 by\necho x2 ay\necho x2 by\n" },
	{ "-N2~echo~x{}y~:::~1~2~:::~a~b",
	    "echo x1y xay x1y xby\necho x2y xay x2y xby\n" },
	{ "-N2~echo~{1}-{2}-{3}-{4}-{5}~{}~:::~1~2~:::~a~b",
	    "echo 1-a-1-b- 1 a 1 b\necho 2-a-2-b- 2 a 2 b\n" },
	{ "-X~-j1~echo~x{}y~:::~1~2~:::~a~b",
	    "echo x1y xay x1y xby x2y xay x2y xby\n" },
	{ "-X~-j1~echo~x{1}y{2}~{1}~:::~1~2~:::~a~b",
	    "echo x1ya 1\n" },
	{ "-X~-j1~echo~x{1}y{}~{.}~:::~1~2~3",
	    "echo x1y1 x1y2 x1y3 1 2 3\n" },
	{ "-m~-j1~echo~x{1}y{2}~{1}~{}~:::~1~2~:::~a~b",
	    "echo x1ya 1 1 a 1 b 2 a 2 b\n" },
	{ "-m~-j1~echo~x{1}y{}~{.}~:::~1~2~3",
	    "echo x1y1 2 3 1 2 3\n" },
	{ "-N2~echo~{-1}~{-2}~{-3}~{-4}~{-5}~{}~:::~1~2~3",
	    "echo 2 1 2 1  1 2\necho 3 3    3\n" },
	{ "-N2~echo~a{1}b{}~{}~{-3}~:::~1~2~3",
	    "echo a1b1 a1b2 1 2 2\necho a3b3 3 \n" },
	{ "-X~-j1~echo {}  b{}c; foo \"{}\" ~:::~a b~c",
	    "echo 'a b' c  b'a b'c; bcc; foo \"'a b'\" \"c\" \n" },
	{ "-X~-j1~echo {#}a{}~{%}x~:::~a b~c",
	    "echo 1a'a b' 1ac 1x\n" },
	{ "-X~-j2~echo {#}a{}~:::~1~2~3~4~5~6~7",
	    "echo 1a1 1a2 1a3 1a4\necho 2a5 2a6 2a7\n" },
	{ "-N3~echo {#}a{}~{1}x~:::~1~2~3~4~5~6~7",
	    "echo 1a1 1a2 1a3 1x\necho 2a4 2a5 2a6 4x\necho 3a7 7x\n" },
	{ "-n3~echo {#}a{}~{1}x~:::~1~2~3~4~5~6~7",
	    "echo 1a1 2 3 1x\necho 2a4 5 6 4x\necho 3a7 7x\n" },
	{ "-n0~echo {#}a{}~{1}x~:::~1~2",
	    "echo 1a x\necho 2a x\n" },
	{ "-N0~echo {#}a~:::~1~2",
	    "echo 1a\necho 2a\n" },
	{ "-N0~echo~{}~x{}y~:::~1~2",
	    "echo  xy\necho  xy\n" },
	{ "-n0~echo~:::~1~2",
	    "echo \necho \n" },
	{ "-L2~echo ~:::~1~2~3",
	    "echo  1 2\necho  3\n" },
	{ "-l2~echo ~:::~1~2~3",
	    "echo  1 2\necho  3\n" },
	{ "-l0~echo~x{}y~:::~1~2",
	    "echo x1y\necho x2y\n" },
	{ "-L1~echo~x{}y~:::~1~2",
	    "echo x1y\necho x2y\n" },
	{ "-L2~-m~echo~x{}y~:::~1~2~3",
	    "echo x1 2y\necho x3y\n" },
	{ "-L3~-N2~echo~x{}y~:::~1~2~3~4",
	    "echo x1y x2y\necho x3y x4y\n" },
	{ "-N2~-n3~echo~x{}y~:::~1~2~3~4",
	    "echo x1y x2y\necho x3y x4y\n" },
	{ "-n2~-N3~echo~x{}y~:::~1~2~3~4",
	    "echo x1y x2y x3y\necho x4y\n" },
	{ "-n2~-X~-j1~echo~x{}y~:::~1~2~3",
	    "echo x1y x2y\necho x3y\n" },
	{ "-m~-N2~-j1~echo~x{}y~:::~1~2~3",
	    "echo x1y x2y\necho x3y\n" },
	{ "--xargs~-N2~echo~x{}y~:::~1~2~3",
	    "echo x1y x2y\necho x3y\n" },
	{ "--xargs~-n2~echo~x{}y~:::~1~2~3",
	    "echo x1 2y\necho x3y\n" },
	{ "--xargs~-j2~echo~:::~1~2~3~4",
	    "echo 1 2 3 4\n" },
	{ "-N1~echo~x{}y~{}~:::~a~:::~b",
	    "echo xay xby a b\n" },
	{ "-s~11~-N5~echo~:::~1~2~3~4~5",
	    "echo 1 2 3\necho 4 5\n" },
	{ "-s~11~-m~-j2~echo~x{}y~:::~1~2~3~4~5",
	    "echo x1 2y\necho x3 4y\necho x5y\n" },
	{ "--xargs~-s~11~echo~:::~1~2~3~4~5",
	    "echo 1 2 3\necho 4 5\n" },
	{ "-X~-j1~echo~{}{}~{}{.}x~:::~a b.c~d",
	    "echo 'a b.c''a b.c' dd 'a b.c''a b'x ddx\n" },
	{ "-X~-j1~echo~x{}\ty{} z{}~:::~a b~c",
	    "echo x'a b' xc\ty'a b' \tyc z'a b' zc\n" },
	{ "-m~-j1~echo~{}{}~{#}{}{#}~{1}{}~:::~a b.c~d",
	    "echo 'a b.c' d'a b.c' d 1'a b.c' d1 'a b.c''a b.c' d\n" },
	{ "-N2~echo~{1.}~{2/}~{}~{.}~:::~a b.c~d/e.f",
	    "echo 'a b' e.f 'a b.c' d/e.f 'a b' d/e\n" },
	{ "-X~-j1~:::~a b~c",
	    "a b c\n" },
	{ "-N2~{}~x{}~:::~a b~c",
	    "a b c xa b xc\n" },
	{ "-X~-j3~echo~:::~1~2~3~4~5~6~7",
	    "echo 1 2 3\necho 4 5 6\necho 7\n" },
	{ "-X~-j3~echo~:::~1~2~3~4~5~6~7~8~9~10",
	    "echo 1 2 3 4\necho 5 6 7 8\necho 9 10\n" },
	{ "-X~-j4~-n20~echo~:::~1~2~3~4~5~6~7~8~9~10~11~12~13~14~15~16~17~18~19~20",
	    "echo 1 2 3 4 5\necho 6 7 8 9 10\necho 11 12 13 14 15\necho 16 17 18 19 20\n" },
	{ "-X~-j4~-N5~echo~:::~1~2~3~4~5~6~7~8~9~10~11~12~13~14~15",
	    "echo 1 2 3 4 5\necho 6 7 8 9 10\necho 11 12\necho 13 14\necho 15\n" },
	{ "-n9~-j4~echo~:::~1~2~3~4~5~6~7~8~9~10",
	    "echo 1 2 3 4 5 6 7 8 9\necho 10\n" },
	{ "-X~-j4~-s~20~echo~:::~1~2~3~4~5~6~7~8~9~10~11~12~13~14~15~16~17~18~19~20",
	    "echo 1 2 3 4 5 6 7\necho 8 9 10 11 12\necho 13 14 15 16 17\necho 18\necho 19\necho 20\n" },
	{ "-X~-j2~echo~:::~1~2~3~:::~a~b~c",
	    "echo 1 a 1 b 1 c 2 a 2 b\necho 2 c 3 a 3 b 3 c\n" },
	{ "-X~-j2~-N2~echo~:::~1~2~3~:::~a~b~c",
	    "echo 1 a 1 b\necho 1 c 2 a\necho 2 b 2 c\necho 3 a 3 b\necho 3 c\n" },
	{ "-m~-j3~echo~x{}y~:::~1~2~3~4~5",
	    "echo x1 2y\necho x3 4y\necho x5y\n" },
	{ "-C~,~-N2~echo~{1}~{2}~{3}~{4}~{5}~:::~a,b~c~d,e,f",
	    "echo a b c  \necho d e f  \n" },
	{ "-C~,~echo~{}~x{}y~:::~a,b",
	    "echo a b xa by\n" },
	{ "echo~a=b~{}~~~-x~:::~v",
	    "echo a=b v   -x\n" },
	{ "cat~{}~>~{.}.out~:::~x.y",
	    "cat x.y > x.out\n" },
	{ "echo~{= $_=uc =}~{=2 $_.=\"!\" =}~{=-1 $_=length =}~:::~a b~:::~cd",
	    "echo 'A B' CD 'cd!' 2\n" },
	{ "-X~-j1~echo~x{= s/a/b/ =}y~:::~a~ca",
	    "echo xby xcby\n" },
	{ "-m~-j1~echo~x{= s/a/b/ =}y~:::~a~ca",
	    "echo xb cby\n" },
	{ "echo~{= uq() =}~{= $_=\"a b\" =}~:::~x  y",
	    "echo x  y 'a b'\n" },
	{ "-q~echo~{= $_=uc =} $x~:::~a b",
	    "echo 'A B $x'\n" },
	{ "echo~{=~$_++~=}~:::~1",
	    "echo 2\n" },
	{ "-q~echo~{=~$_++~=}~z~:::~1",
	    "echo 2 z\n" },
	{ "--parens~,,,,~echo~,,s/a/b/,,~{= x =}~:::~a",
	    "echo b {= x =}\n" },
	{ "--rpl~{x} s/a/b/~echo~{x}~{1x}~{2x}~:::~aa~:::~ac",
	    "echo ba bc ba bc\n" },
	{ "--rpl~,, s/a/b/~echo~a,,~:::~aa",
	    "echo aba\n" },
	{ "--rpl~{%(.*?)} s/$$1//~echo~{%.tar.gz}~{1%.gz}~:::~my.tar.gz",
	    "echo my my.tar\n" },
	{ "--rpl~{/(.+?)/(.*?)} s/$$1/$$2/~echo~{/tar.gz/zip}~:::~my.tar.gz",
	    "echo my.zip\n" },
	{ "--rpl~{.} s/x/y/~--rpl~{.} s/x/Q/~echo~{.}~{1.}~:::~x.z",
	    "echo Q.z Q.z\n" },
	{ "--rpl~{0#} 1 $_=sprintf(\"%03d\",$job->seq())~echo~{0#}~{10#}~:::~a~b",
	    "echo 001 \necho 002 \n" },
	{ "--rpl~{a.b} $_=1~echo~{a.b}~{axb}~:::~x",
	    "echo 1 {axb}\n" },
	{ "echo~{= $_=\"@arg[1..2]\" =}~{= $_=seq().slot() =}~:::~a~:::~b",
	    "echo 'a b' 'a b' 11 11\n" },
	{ "echo~{= $_=total_jobs() =}~:::~a~b",
	    "echo 2\necho 2\n" },
	{ "-N0~echo~{= $_=\"x\" =}~:::~a",
	    "echo x\n" },
	{ "echo~{= $_=Q($_).pQ(\"a\\$\") =}~:::~it's",
	    "echo \"'\"'it'\"'\"'\"'\"'\"'\"'\"'\"'s'\"'\"'a\\$'\n" },
	{ "--header~:~echo~{=n $_=uc =}~:::~n~a",
	    "echo A\n" },
	{ "-N2~-j1~echo~{=2 $_=uc =}{1}~:::~a~b~c",
	    "echo Ba\necho c\n" },
	{ "echo~{==}~{=2=}~{=9 x=}~:::~a~:::~b",
	    "echo a b b \n" },
};

/* All that is between the command line and the jobs. */
struct line {
	struct opts o;
	struct source *src;
	struct tmpl_set *set;
	struct tmpl *t;
	struct batch *b;
	struct buf text;
	char *argv[128];
};

static void
line_open(struct line *l, const char *words)
{
	AUTO_BUF say = { 0 };
	const char *const *names;
	struct err e = { 0 };
	size_t n, argc = 0;
	char *p;
	long slots;

	memset(l, 0, sizeof *l);
	buf_addf(&l->text, "parallel~--plain~%s", words);
	for (p = l->text.data; p != NULL && argc < ARRAY_LEN(l->argv) - 1;) {
		l->argv[argc++] = p;
		if ((p = strchr(p, '~')) != NULL)
			*p++ = '\0';
	}
	ck_assert_msg(opts_load(&l->o, (int)argc, l->argv, &say, &e) == OPTS_RUN, "%s: %s", words, e.msg);
	ck_assert_msg(source_new(&l->o, &l->src, &e) == 0, "%s: %s", words, e.msg);
	names = source_names(l->src, &n);
	ck_assert_msg(tmpl_set_new(&l->o, names, n, &l->set, &e) == 0, "%s: %s", words, e.msg);
	ck_assert_msg(tmpl_compile(l->set, l->o.command, l->o.ncommand, TMPL_COMMAND, &l->t, &e) == 0, "%s: %s", words, e.msg);
	slots = l->o.jobs != NULL ? strtol(l->o.jobs, NULL, 10) : 2;
	l->b = batch_new(&l->o, l->src, l->t, (uint64_t)slots);
}

static void
line_close(struct line *l)
{
	batch_free(l->b);
	tmpl_free(l->t);
	tmpl_set_free(l->set);
	source_free(l->src);
	opts_fini(&l->o);
	buf_fini(&l->text);
}

/* The words of argv must be what the text says, where that can be told. */
static void
same_command(struct line *l, const struct tmpl_job *j, const char *text, size_t len)
{
	struct argv a = { 0 }, b = { 0 };
	struct err e;
	size_t i;

	if (!tmpl_direct(l->t))
		return;
	ck_assert_int_eq(tmpl_argv(l->t, j, &a, &e), TMPL_OK);
	if (direct_split(text, len, &b)) {
		ck_assert_msg(a.n == b.n, "%s: %zu words, %zu expected", text, a.n, b.n);
		for (i = 0; i < a.n; i++)
			ck_assert_str_eq(a.v[i], b.v[i]);
	}
	ck_assert_ptr_eq(a.v[a.n], NULL);
	argv_fini(&a);
	argv_fini(&b);
}

static void
line_run(struct line *l, struct buf *out, uint64_t total)
{
	struct tmpl_job j = { .total = total, .max_slots = l->o.jobs != NULL ? strtoul(l->o.jobs, NULL, 10) : 2 };
	struct args args = { 0 };
	struct meter m;
	struct err e;
	size_t from;

	meter_init(&m, l->t, l->o.mode == CTX_REPEAT, true);
	j.args = &args;
	while (batch_next(l->b, &args, &e) == NEXT_GOT) {
		j.seq++;
		j.slot = (j.seq - 1) % j.max_slots + 1;
		from = out->len;
		ck_assert_int_ne(tmpl_expand(l->t, &j, out, &e), TMPL_FAIL);
		meter_start(&m, j.seq);
		if (!l->o.quote && !l->o.plus && l->o.max_inputs != 0 && (args.n == 1 || (!m.others && m.seqs + m.marks == 0)))
			ck_assert_uint_eq(meter_add(&m, &args), out->len - from);
		same_command(l, &j, out->data + from, out->len - from);
		buf_addc(out, '\n');
	}
	args_fini(&args);
}

START_TEST(lines_are_the_reference_s)
{
	AUTO_BUF out = { 0 };
	uint64_t total = 0;
	struct line l;
	struct err e;

	line_open(&l, rows[_i].words);
	if (tmpl_needs_total(l.t))
		ck_assert_int_eq(batch_total(l.b, &total, &e), 0);
	line_run(&l, &out, total);
	ck_assert_msg(strcmp(buf_str(&out), rows[_i].out) == 0, "%s\ngot:\n%swant:\n%s", rows[_i].words, buf_str(&out),
	    rows[_i].out);
	line_close(&l);
}
END_TEST

/* Line by line: bytes and inputs of what the reference makes of `seq 1 N`. */
static const struct {
	const char *words;
	unsigned n;
	const char *sizes; /* bytes/inputs of the lines, the last of each run of equal ones left out */
} fills[] = {
	{ "-X~-j1~echo", 30000, "63658/12460 63658/10609 41590/6931" },
	{ "-X~-j2~echo", 30000, "63658/12460 63658/10609 20800/3466 20794/3465" },
	{ "--xargs~-j2~echo", 30000, "63658/12460 63658/10609 41590/6931" },
	{ "-X~-j1~echo~{#}{}", 20000, "63658/10680 63662/9094 1586/226" },
	{ "-X~-j1~echo~{%}{}", 20000, "63658/10680 63662/9094 1586/226" },
};

START_TEST(full_lines_are_the_reference_s)
{
	AUTO_BUF words = { 0 }, sizes = { 0 }, text = { 0 };
	struct args args = { 0 };
	struct tmpl_job j = { .args = &args, .slot = 1 };
	FILE *f = tmpfile();
	struct line l;
	struct err e;
	unsigned i;

	for (i = 1; i <= fills[_i].n; i++)
		fprintf(f, "%u\n", i);
	rewind(f);
	buf_addf(&words, "-a~/proc/self/fd/%d~%s", fileno(f), fills[_i].words);
	line_open(&l, words.data);
	while (batch_next(l.b, &args, &e) == NEXT_GOT) {
		j.seq++;
		buf_reset(&text);
		ck_assert_int_eq(tmpl_expand(l.t, &j, &text, &e), TMPL_OK);
		buf_addf(&sizes, "%s%zu/%zu", sizes.len > 0 ? " " : "", text.len, args.n);
	}
	ck_assert_str_eq(buf_str(&sizes), fills[_i].sizes);
	args_fini(&args);
	line_close(&l);
	fclose(f);
}
END_TEST

START_TEST(too_long_is_named)
{
	struct args args = { 0 };
	struct line l;
	struct err e;

	line_open(&l, "-s~7~echo~:::~8~10~11");
	ck_assert_int_eq(batch_next(l.b, &args, &e), NEXT_GOT);
	ck_assert_int_eq(batch_next(l.b, &args, &e), NEXT_FAIL);
	ck_assert_str_eq(e.msg, "command line too long (7 >= 7) at input 1: 10");
	args_fini(&args);
	line_close(&l);
}
END_TEST

/* A command, and whether it runs without a shell. */
static const struct {
	const char *words;
	bool direct;
} shells[] = {
	{ "/bin/true~:::~a", true }, { "/bin/true~{}~x{.}~-n~a=b~:::~a", true }, { "-q~./a~$x *~{}~:::~a", true },
	{ "ls~{}~:::~a", true }, { "dd~if={}~:::~a", true }, { "cmp  {}  {}.x~:::~a", true },
	{ "echo~:::~a", false }, { "true~:::~a", false }, { "time~ls~:::~a", false }, { "./{}~:::~a", false },
	{ "{}~:::~a", false }, { ":::~a", false }, { "ls~$HOME~{}~:::~a", false }, { "ls~'{}'~:::~a", false },
	{ "ls~*~{}~:::~a", false }, { "ls~{}|cat~:::~a", false }, { "ls~a;b~:::~a", false }, { "A=b~ls~:::~a", false },
	{ "ls~~x~:::~a", true }, { "ls\\~b", false }, { "ls~{a,b}~:::~a", false }, { "ls~#~:::~a", false }, { "-q~a b~:::~a", false },
	{ "-q~a=b~:::~a", false }, { "-q~~a~:::~a", false }, { "-q~a{}~:::~a", false }, { "ls\nls~:::~a", false }, { "!~ls~:::~a", false },
	{ "--plus~ls~{slot}~:::~a", false }, { "fh_test_function~:::~a", false }, { "ls~~~:::~a", true },
};

START_TEST(shell_only_where_needed)
{
	struct line l;

	setenv("BASH_FUNC_fh_test_function%%", "() { :; }", 1);
	line_open(&l, shells[_i].words);
	ck_assert_msg(tmpl_direct(l.t) == shells[_i].direct, "%s", shells[_i].words);
	line_close(&l);
}
END_TEST

START_TEST(splits_only_what_is_plain)
{
	static const struct {
		const char *text, *words; /* words by '~'; NULL: needs a shell */
	} t[] = { { "ls  -l a", "ls~-l~a" }, { "ls 'a b'c ''", "ls~a bc~" }, { "ls 'it'\"'\"'s'", "ls~it's" }, { "ls $x", NULL },
		{ "ls 'a", NULL }, { "echo a", NULL }, { "", NULL }, { "  ", NULL }, { "a=b ls", NULL }, { "ls a\\ b", NULL },
		{ "ls \"a\"", NULL }, { "ls\tb", NULL }, { "ls a&", NULL } };
	struct argv a = { 0 };
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(t); i++) {
		AUTO_BUF got = { 0 };

		ck_assert_msg(direct_split(t[i].text, strlen(t[i].text), &a) == (t[i].words != NULL), "%s", t[i].text);
		for (k = 0; t[i].words != NULL && k < a.n; k++)
			buf_addf(&got, "%s%s", k > 0 ? "~" : "", a.v[k]);
		if (t[i].words != NULL)
			ck_assert_str_eq(buf_str(&got), t[i].words);
	}
	argv_fini(&a);
}
END_TEST

START_TEST(argv_survives_growth)
{
	struct argv a = { 0 };
	char word[32];
	int i;

	for (i = 0; i < 5000; i++) {
		size_t from = a.text.len;

		argv_text(&a, word, (size_t)snprintf(word, sizeof word, "word%d", i));
		argv_word(&a, from);
	}
	argv_end(&a);
	for (i = 0; i < 5000; i++) {
		snprintf(word, sizeof word, "word%d", i);
		ck_assert_str_eq(a.v[i], word);
	}
	argv_fini(&a);
}
END_TEST

START_TEST(names_are_padded_as_in_the_reference)
{
	static const struct {
		uint64_t n, total;
		const char *text;
	} t[] = { { 1, 1, "1" }, { 1, 9, "1" }, { 1, 10, "01" }, { 1, 99, "01" }, { 1, 100, "001" }, { 1, 999, "001" },
		{ 1, 1000, "001" }, { 1000, 1000, "1000" }, { 1, 1001, "0001" }, { 7, 10000, "00007" }, { 7, 1000000, "000007" } };
	struct args args = { 0 };
	AUTO_BUF out = { 0 };
	struct line l;
	struct err e;
	size_t i;

	line_open(&l, "--plus~{0#}~:::~a");
	for (i = 0; i < ARRAY_LEN(t); i++) {
		struct tmpl_job j = { .args = &args, .seq = t[i].n, .total = t[i].total };

		buf_reset(&out);
		ck_assert_int_eq(tmpl_expand(l.t, &j, &out, &e), TMPL_OK);
		ck_assert_str_eq(out.data, t[i].text);
	}
	line_close(&l);
}
END_TEST

START_TEST(skips)
{
	struct args args = { 0 };
	AUTO_BUF out = { 0 }, marks = { 0 };
	struct tmpl_job j = { .args = &args };
	struct line l;
	struct err e;

	line_open(&l, "--plus~{uniq}~{choose_k}~:::~a~b~:::~a~b");
	while (batch_next(l.b, &args, &e) == NEXT_GOT)
		buf_adds(&marks, tmpl_expand(l.t, &j, &out, &e) == TMPL_SKIP ? "s" : "r");
	ck_assert_str_eq(marks.data, "srss");
	args_fini(&args);
	line_close(&l);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("par_tmpl");
	TCase *tc = tcase_create("all");
	SRunner *sr = srunner_create(s);
	int bad;

	tcase_add_loop_test(tc, lines_are_the_reference_s, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(tc, full_lines_are_the_reference_s, 0, ARRAY_LEN(fills));
	tcase_add_test(tc, too_long_is_named);
	tcase_add_loop_test(tc, shell_only_where_needed, 0, ARRAY_LEN(shells));
	tcase_add_test(tc, splits_only_what_is_plain);
	tcase_add_test(tc, argv_survives_growth);
	tcase_add_test(tc, names_are_padded_as_in_the_reference);
	tcase_add_test(tc, skips);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_NORMAL);
	bad = srunner_ntests_failed(sr);
	srunner_free(sr);
	return bad != 0;
}
