/* pylit: what it reads it reads as Python does (the rows were compared with python3), what it refuses it places. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "pylit.h"

#define S(lit) lit, sizeof lit - 1

/* Source, and the dict as "key=text;" for each pair. */
static const struct {
	const char *text;
	size_t n;
	const char *want;
	size_t nwant;
} reads[] = {
	{ S("SCRIPT = {}"), S("") },
	{ S("SCRIPT={}"), S("") },
	{ S("SCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("SCRIPT = {'a': 'b'}"), S("a=b;") },
	{ S("SCRIPT = {\"a\": \"b\",}"), S("a=b;") },
	{ S("SCRIPT = {\"a\": \"1\", \"b\": \"2\"}"), S("a=1;b=2;") },
	{ S("SCRIPT = {\"a\": \"1\", \"b\": \"2\",}\n"), S("a=1;b=2;") },
	{ S("SCRIPT = {\n    \"intro\": \"Hello.\",\n    \"end\": \"Bye.\",\n}\n"), S("intro=Hello.;end=Bye.;") },
	{ S("SCRIPT = ({\"a\": \"b\"})"), S("a=b;") },
	{ S("SCRIPT = (\n  (\n {\"a\": \"b\"}\n )\n)"), S("a=b;") },
	{ S("SCRIPT={\"a\":\"b\"};"), S("a=b;") },
	{ S("SCRIPT={\"a\":\"b\"}; X = 1"), S("a=b;") },
	{ S("X = 1; SCRIPT={\"a\":\"b\"}"), S("a=b;") },
	{ S("SCRIPT = {\"a\": \"b\"} # comment"), S("a=b;") },
	{ S("# comment\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("SCRIPT = { # c\n \"a\" # c\n : # c\n \"b\" # c\n , # c\n } # c"), S("a=b;") },
	{ S("SCRIPT: dict = {\"a\": \"b\"}"), S("a=b;") },
	{ S("SCRIPT: dict[str, str] = {\"a\": \"b\"}"), S("a=b;") },
	{ S("SCRIPT: \"Dict[str, str]\" = {\"a\": \"b\"}"), S("a=b;") },
	{ S("SCRIPT:(\ndict)={\"a\": \"b\"}"), S("a=b;") },
	{ S("SCRIPT: dict\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("SCRIPT = {\"a\": \"b\"}\nSCRIPT: dict"), S("a=b;") },
	{ S("SCRIPT \\\n = \\\n {\"a\": \"b\"}"), S("a=b;") },
	{ S("SCRIPT = {\"a\": \"1\", \"a\": \"2\"}"), S("a=2;") },
	{ S("SCRIPT = {\"a\": \"1\", \"b\": \"x\", \"a\": \"2\"}"), S("a=2;b=x;") },
	{ S("SCRIPT = {\"a\": \"1\"}\nSCRIPT = {\"b\": \"2\"}"), S("b=2;") },
	{ S("SCRIPT = {\"\": \"\"}"), S("=;") },
	{ S("SCRIPT = {\"a\": \"\"}"), S("a=;") },
	{ S("SCRIPT = {\"a\": \"x\" \"y\"}"), S("a=xy;") },
	{ S("SCRIPT = {\"a\": \"x\"\n \"y\"\n \"z\"}"), S("a=xyz;") },
	{ S("SCRIPT = {\"a\": (\"x\"\n \"y\")}"), S("a=xy;") },
	{ S("SCRIPT = {\"a\": (\"x\")}"), S("a=x;") },
	{ S("SCRIPT = {\"a\": (((\"x\")))}"), S("a=x;") },
	{ S("SCRIPT = {\"a\": \"x\" + \"y\"}"), S("a=xy;") },
	{ S("SCRIPT = {\"a\": \"x\" +\n \"y\" + \"z\"}"), S("a=xyz;") },
	{ S("SCRIPT = {\"a\": (\"x\" + \"y\") + \"z\"}"), S("a=xyz;") },
	{ S("SCRIPT = {\"a\": \"x\" + (\"y\" + (\"z\"))}"), S("a=xyz;") },
	{ S("SCRIPT = {\"a\": (\"x\" \"y\" + \"z\")}"), S("a=xyz;") },
	{ S("SCRIPT = {(\"a\" \"b\"): \"c\"}"), S("ab=c;") },
	{ S("SCRIPT = {\"a\" \"b\": \"c\"}"), S("ab=c;") },
	{ S("SCRIPT = {\"a\" + \"b\": \"c\"}"), S("ab=c;") },
	{ S("SCRIPT = {\"a\": \"x\" 'y' \"\"\"z\"\"\" r\"\\w\"}"), S("a=xyz\\w;") },
	{ S("SCRIPT = {\"a\": \"x\" # one\n # two\n \"y\"}"), S("a=xy;") },
	{ S("SCRIPT = {\"a\": \"x\" \\\n \"y\"}"), S("a=xy;") },
	{ S("SCRIPT = {\"a\": \"\"\"x\"\"\"}"), S("a=x;") },
	{ S("SCRIPT = {'a': '''x'''}"), S("a=x;") },
	{ S("SCRIPT = {\"a\": \"\"\"x\ny\n\"\"\"}"), S("a=x\ny\n;") },
	{ S("SCRIPT = {\"a\": \"\"\"\\\nx\\\ny\"\"\"}"), S("a=xy;") },
	{ S("SCRIPT = {\"a\": \"\"\"x\"y\"\"z\"\"\"}"), S("a=x\"y\"\"z;") },
	{ S("SCRIPT = {\"a\": \"\"\"\"x\"\"\"}"), S("a=\"x;") },
	{ S("SCRIPT = {\"a\": \"\"\"x\\\"\"\"\"}"), S("a=x\";") },
	{ S("SCRIPT = {\"a\": \"\"\"}, \"b\": \"c\"}\"\"\"}"), S("a=}, \"b\": \"c\"};") },
	{ S("SCRIPT = {'a': '''it's'''}"), S("a=it's;") },
	{ S("SCRIPT = {\"a\": \"\"\"\"\"\"}"), S("a=;") },
	{ S("SCRIPT = {\"a\": \"\" \"\"}"), S("a=;") },
	{ S("SCRIPT = {\"a\": \"\"\"# not a comment\n\"\"\"}"), S("a=# not a comment\n;") },
	{ S("SCRIPT = {\"a\": \"\\\\ \\' \\\" \"}"), S("a=\\ ' \" ;") },
	{ S("SCRIPT = {\"a\": \"\\a\\b\\f\\n\\r\\t\\v\"}"), S("a=\x07\x08\x0c\n\r\t\x0b;") },
	{ S("SCRIPT = {\"a\": \"\\x41\\x7a\\xe9\"}"), S("a=Az\xc3\xa9;") },
	{ S("SCRIPT = {\"a\": \"\\u00e9\\u20ac\"}"), S("a=\xc3\xa9\xe2\x82\xac;") },
	{ S("SCRIPT = {\"a\": \"\\U0001F600\\U0010ffff\"}"), S("a=\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf;") },
	{ S("SCRIPT = {\"a\": \"\\ud83d\\ude00\"}"), S("a=\xf0\x9f\x98\x80;") },
	{ S("SCRIPT = {\"a\": \"\\ud83d\" \"\\ude00\"}"), S("a=\xf0\x9f\x98\x80;") },
	{ S("SCRIPT = {\"a\": \"\\ud83d\"}"), S("a=\xed\xa0\xbd;") },
	{ S("SCRIPT = {\"a\": \"\\udc80\\udcff\\udd00\"}"), S("a=\x80\xff\xed\xb4\x80;") },
	{ S("SCRIPT = {\"a\": \"\\ude00\\ud83d\"}"), S("a=\xed\xb8\x80\xed\xa0\xbd;") },
	{ S("SCRIPT = {\"a\": \"\\ud83dx\\ude00\"}"), S("a=\xed\xa0\xbdx\xed\xb8\x80;") },
	{ S("SCRIPT = {\"a\": \"\\1\\12\\101\\377\\777\"}"), S("a=\x01\nA\xc3\xbf\xc7\xbf;") },
	{ S("SCRIPT = {\"a\": \"\\1234\"}"), S("a=S4;") },
	{ S("SCRIPT = {\"a\": \"\\8\\9\\q\\ \\(\"}"), S("a=\\8\\9\\q\\ \\(;") },
	{ S("SCRIPT = {\"a\": \"\\\xc3\xa9\\\xe2\x82\xac\"}"), S("a=\\\xc3\xa9\\\xe2\x82\xac;") },
	{ S("SCRIPT = {\"a\": \"50\\% of $x {y}\"}"), S("a=50\\% of $x {y};") },
	{ S("SCRIPT = {\"a\": \"x\\\\n\"}"), S("a=x\\n;") },
	{ S("SCRIPT = {\"a\": \"x\\\ny\"}"), S("a=xy;") },
	{ S("SCRIPT = {\"a\": \"x\\\n\\\ny\"}"), S("a=xy;") },
	{ S("SCRIPT = {\"\\u0061\": \"\\u0062\"}"), S("a=b;") },
	{ S("SCRIPT = {\"\\x61\": \"1\", \"a\": \"2\"}"), S("a=2;") },
	{ S("SCRIPT = {\"a\": \"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xe2\x80\xa8\xc2\xa0\x7f\x0c\"}"),
	  S("a=\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xe2\x80\xa8\xc2\xa0\x7f\x0c;") },
	{ S("SCRIPT = {\"a\": r\"\\n\\x\"}"), S("a=\\n\\x;") },
	{ S("SCRIPT = {\"a\": R\"\\\"\"}"), S("a=\\\";") },
	{ S("SCRIPT = {'a': r'\\''}"), S("a=\\';") },
	{ S("SCRIPT = {r\"\\a\": \"b\"}"), S("\\a=b;") },
	{ S("SCRIPT = {\"a\": r\"x\\\ny\"}"), S("a=x\\\ny;") },
	{ S("SCRIPT = {\"a\": r\"\\\\\"}"), S("a=\\\\;") },
	{ S("SCRIPT = {\"a\": r\"\"\"\\u0041\n\"\"\"}"), S("a=\\u0041\n;") },
	{ S("SCRIPT = {u\"a\": U\"b\"}"), S("a=b;") },
	{ S("SCRIPT = {\"a\": u\"\\u0041\"}"), S("a=A;") },
	{ S("SCRIPT = {\"a\": \"x\" r\"\\y\" u\"z\"}"), S("a=x\\yz;") },
	{ S("SCRIPT = {\r\n\"a\": \"\"\"x\r\ny\"\"\",\r\n}\r\n"), S("a=x\ny;") },
	{ S("SCRIPT = {\r\"a\": \"\"\"x\ry\"\"\"}\r"), S("a=x\ny;") },
	{ S("SCRIPT = {\"a\": \"x\\\r\ny\"}"), S("a=xy;") },
	{ S("SCRIPT = {\"a\": \"\"\"x\\\r\ny\\\rz\"\"\"}"), S("a=xyz;") },
	{ S("SCRIPT = {\"a\": \"\"\"\r\n\r\r\n\"\"\"}"), S("a=\n\n\n;") },
	{ S("\xef\xbb\xbfSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("\xef\xbb\xbf# -*- coding: utf-8 -*-\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("# -*- coding: latin-1 -*-\nSCRIPT = {\"a\": \"\xc3\xa9\"}"), S("a=\xc3\xa9;") },
	{ S("#!/usr/bin/env python3\n\n\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("\x0cSCRIPT = {\x0c\"a\":\x0c\"b\"}\n"), S("a=b;") },
	{ S("SCRIPT\t=\t{\t\"a\"\t:\t\"b\"\t}\t"), S("a=b;") },
	{ S("\n\n   \n\t\n  # x\nSCRIPT = {\"a\": \"b\"}\n   \n  # y"), S("a=b;") },
	{ S("\"\"\"Doc.\n\nSCRIPT = {\"no\": \"no\"}\n\"\"\"\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("'doc' 'more'\nSCRIPT = {'a': 'b'}"), S("a=b;") },
	{ S("import os\nimport os.path as p, sys\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("from __future__ import annotations\nfrom typing import (\n    Dict,\n    List,\n)\nSCRIPT: Dict[str, str] = {\"a\": \"b\"}"),
	  S("a=b;") },
	{ S("X = 1\nY: int = 2\nZ, W = 3, 4\nX += 1\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("TITLE = \"x\"\nSCRIPT = {\"a\": \"b\"}\nWORDS = {\"a\": 50, \"b\": [1, 2, (3)]}"), S("a=b;") },
	{ S("X = \"SCRIPT = {}\" # SCRIPT = {}\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("X = \"\"\"\nSCRIPT = {\"no\": \"no\"}\n\"\"\"\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("X = [\n\"]\", '\"', # ]\n]\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("X = 1 + \\\n  2\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("X = Path(__file__).parent / \"x\"\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("X = 3 if 1 else 2\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("X = f\"{1}\"\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("X = b\"\\xff\"\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("pass\nSCRIPT = {\"a\": \"b\"}\npass; pass;"), S("a=b;") },
	{ S("SCRIPT = {\"a\": \"b\"}\n\ndef get(key):\n    return SCRIPT[key]\n"), S("a=b;") },
	{ S("def f(a, b=(1, 2)) -> \"x\": return a\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("def f():\n\n    x = \"\"\"\nSCRIPT = {\"no\": \"no\"}\n\"\"\"\n# SCRIPT\n    return x\nSCRIPT = {\"a\": \"b\"}"),
	  S("a=b;") },
	{ S("def f():\n    if True:\n        SCRIPT[\"a\"] = \"c\"\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("async def f():\n    await g()\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("class A:\n    \"\"\"Doc.\"\"\"\n    x = 1\n\n    def f(self):\n        return 1\nSCRIPT = {\"a\": \"b\"}"),
	  S("a=b;") },
	{ S("@dec\n@dec2(1, 2)\ndef f():\n    pass\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("SCRIPT = {\"a\": \"b\"}\nif __name__ == \"__main__\":\n    for k in SCRIPT:\n        print(k)\n"),
	  S("a=b;") },
	{ S("if __name__=='__main__': SCRIPT = {}\nSCRIPT = {'a': 'b'}"), S("a=b;") },
	{ S("from x import *\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("SCRIPTS = {\"x\": \"y\"}\nMY_SCRIPT = 1\nSCRIPT = {\"a\": \"b\"}\nSCRIPT2 = {}"), S("a=b;") },
	{ S("def f():\n  x = [\n1,\n]\n  return x\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("def f():\n\treturn \"\\\nSCRIPT = {}\"\nSCRIPT = {\"a\": \"b\"}"), S("a=b;") },
	{ S("X = \"\xc3\xa9\"\nSCRIPT = {\"\xc3\xa9\": \"\xc3\xbc\"}"), S("\xc3\xa9=\xc3\xbc;") },
};

/* Source, and the words of the refusal. */
static const struct {
	const char *text;
	size_t n;
	const char *words;
} refusals[] = {
	{ S("def gr\xc3\xbcn():\n  gr\xc3\xb6\xc3\x9f" "e = 1\nSCRIPT = {\"a\": \"b\"}"),
	  "line 1, column 7: a name outside ASCII is not read" },
	{ S(""), "line 1, column 1: no SCRIPT = {...} in it" },
	{ S("x"),
	  "line 1, column 1: this is never run; only assignments, imports and functions may stand beside SCRIPT" },
	{ S("SCRIPT"), "line 1, column 7: only SCRIPT = {...} is read, nothing that changes it later" },
	{ S("SCRIPT ="), "line 1, column 9: the text ends where '{' should be" },
	{ S("SCRIPT = {"), "line 1, column 11: the text ends where a key should be" },
	{ S("SCRIPT = {\"a\""), "line 1, column 14: the text ends where ':' should be" },
	{ S("SCRIPT = {\"a\":"), "line 1, column 15: the text ends where a text should be" },
	{ S("SCRIPT = {\"a\": \"b\""), "line 1, column 19: the text ends where ',' or '}' should be" },
	{ S("SCRIPT = {\"a\": \"b"), "line 1, column 16: the string that begins here is not closed" },
	{ S("SCRIPT = {'a': 'b\n'}"), "line 1, column 16: the string that begins here is not closed" },
	{ S("SCRIPT = {\"a\": \"\"\"b\n\"}"), "line 1, column 16: the string that begins here is not closed" },
	{ S("SCRIPT = {\"a\"}"), "line 1, column 14: found '}' where ':' should be" },
	{ S("SCRIPT = {\"a\", \"b\"}"), "line 1, column 14: found ',' where ':' should be" },
	{ S("SCRIPT = {\"a\": }"), "line 1, column 16: found '}' where a text should be" },
	{ S("SCRIPT = {: \"b\"}"), "line 1, column 11: found ':' where a key should be" },
	{ S("SCRIPT = {,}"), "line 1, column 11: found ',' where a key should be" },
	{ S("SCRIPT = {\"a\": \"b\",,}"), "line 1, column 20: found ',' where a key should be" },
	{ S("SCRIPT = {\"a\": \"b\" \"c\": \"d\"}"), "line 1, column 23: found ':' where ',' or '}' should be" },
	{ S("SCRIPT = {\"a\": \"b\"\n \"c\": \"d\"}"), "line 2, column 5: found ':' where ',' or '}' should be" },
	{ S("SCRIPT = {\"a\": \"b\"]"), "line 1, column 19: found ']' where ',' or '}' should be" },
	{ S("SCRIPT = {\"a\": \"b\"}}"), "line 1, column 20: found '}' where the end of the statement should be" },
	{ S("SCRIPT = {\"a\": \"b\"} x"),
	  "line 1, column 21: found 'x' where the end of the statement should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = ({\"a\": \"b\"}"), "line 1, column 21: the text ends where ')' should be" },
	{ S("SCRIPT = {\"a\": (\"b\"}"), "line 1, column 20: found '}' where ')' should be" },
	{ S("SCRIPT = {\"a\": ()}"), "line 1, column 17: found ')' where a text should be" },
	{ S("SCRIPT = {\"a\": (\"b\",)}"), "line 1, column 20: a tuple is no string" },
	{ S("SCRIPT = {\"a\": \"b\" +}"), "line 1, column 21: found '}' where a text should be" },
	{ S("SCRIPT = {\"a\": + \"b\"}"), "line 1, column 16: found '+' where a text should be" },
	{ S("SCRIPT = {\"a\": 1}"),
	  "line 1, column 16: found '1' where a text should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = {1: \"a\"}"),
	  "line 1, column 11: found '1' where a key should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = {\"a\": None}"),
	  "line 1, column 16: found 'None' where a text should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = {\"a\": [\"b\"]}"), "line 1, column 16: found '[' where a text should be" },
	{ S("SCRIPT = {\"a\": {\"b\": \"c\"}}"), "line 1, column 16: found '{' where a text should be" },
	{ S("SCRIPT = {\"a\": b\"x\"}"), "line 1, column 16: bytes are no text; leave out the 'b'" },
	{ S("SCRIPT = {\"a\": f\"x\"}"), "line 1, column 16: an f-string is never run; write the text out" },
	{ S("SCRIPT = {\"a\": \"x\" rF\"y\"}"), "line 1, column 20: an f-string is never run; write the text out" },
	{ S("SCRIPT = {b\"a\": \"x\"}"), "line 1, column 11: bytes are no text; leave out the 'b'" },
	{ S("SCRIPT = {\"a\": ur\"x\"}"),
	  "line 1, column 16: found 'ur' where a text should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = {\"a\": bb\"x\"}"),
	  "line 1, column 16: found 'bb' where a text should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = {\"a\": x}"),
	  "line 1, column 16: found 'x' where a text should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = {\"a\": open(\"/etc/passwd\").read()}"),
	  "line 1, column 16: found 'open' where a text should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = {\"a\": __import__(\"os\").system(\"touch /tmp/ran\")}"),
	  "line 1, column 16: found '__import__' where a text should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = {\"a\": \"x\".upper()}"), "line 1, column 19: found '.' where ',' or '}' should be" },
	{ S("SCRIPT = {\"a\": \"%s\" % 1}"), "line 1, column 21: found '%' where ',' or '}' should be" },
	{ S("SCRIPT = {\"a\": \"x\" * 3}"), "line 1, column 20: found '*' where ',' or '}' should be" },
	{ S("SCRIPT = {\"a\": \"x\"[0]}"), "line 1, column 19: found '[' where ',' or '}' should be" },
	{ S("SCRIPT = {\"a\": \"x\" if y else \"z\"}"),
	  "line 1, column 20: found 'if' where ',' or '}' should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = {\"a\": \"x\" or \"y\"}"),
	  "line 1, column 20: found 'or' where ',' or '}' should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = {k: v for k, v in x}"),
	  "line 1, column 11: found 'k' where a key should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = {\"a\": \"b\" for x in y}"),
	  "line 1, column 20: found 'for' where ',' or '}' should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = {**OTHER}"), "line 1, column 11: found '*' where a key should be" },
	{ S("SCRIPT = {\"a\": \"b\", **OTHER}"), "line 1, column 21: found '*' where a key should be" },
	{ S("SCRIPT = {\"a\": lambda: 1}"),
	  "line 1, column 16: found 'lambda' where a text should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = {\"a\": -\"x\"}"), "line 1, column 16: found '-' where a text should be" },
	{ S("SCRIPT = {\"a\": ...}"), "line 1, column 16: found '.' where a text should be" },
	{ S("SCRIPT = {\"a\": (\"x\")(\"y\")}"), "line 1, column 21: found '(' where ',' or '}' should be" },
	{ S("SCRIPT = {\"a\": \"x\" (\"y\")}"), "line 1, column 20: found '(' where ',' or '}' should be" },
	{ S("SCRIPT = {\"a\": (\"x\") \"y\"}"), "line 1, column 22: found a string where ',' or '}' should be" },
	{ S("SCRIPT = {\"a\": \"\\x4\"}"), "line 1, column 17: \\x needs 2 hexadecimal digits" },
	{ S("SCRIPT = {\"a\": \"\\xzz\"}"), "line 1, column 17: \\x needs 2 hexadecimal digits" },
	{ S("SCRIPT = {\"a\": \"\\u12\"}"), "line 1, column 17: \\u needs 4 hexadecimal digits" },
	{ S("SCRIPT = {\"a\": \"\\U00110000\"}"), "line 1, column 17: \\U00110000 is above \\U0010ffff" },
	{ S("SCRIPT = {\"a\": \"\\N{DASH}\"}"),
	  "line 1, column 17: \\N{...} is not read; write the character itself or \\u" },
	{ S("SCRIPT = {\"a\": \"x\\"), "line 1, column 16: the string that begins here is not closed" },
	{ S("SCRIPT = {\"a\": \"b\" \\ }"), "line 1, column 20: a '\\' that joins no other line" },
	{ S("SCRIPT = {\"a\": \"b\" \\"), "line 1, column 20: a '\\' that joins no other line" },
	{ S("SCRIPT = {\"a\": \"\xc3\xbc\", \\x}"), "line 1, column 21: a '\\' that joins no other line" },
	{ S("SCRIPT = {\"a\": \xc3\xbc}"),
	  "line 1, column 16: found a character outside ASCII where a text should be" },
	{ S("SCRIPT = {\"a\": \xc2\xa0\"b\"}"),
	  "line 1, column 16: found a character outside ASCII where a text should be" },
	{ S("SCRIPT = {\"a\": \"b\"} | {\"c\": \"d\"}"),
	  "line 1, column 21: found '|' where the end of the statement should be" },
	{ S("SCRIPT = {\"a\": \"b\"},"), "line 1, column 20: found ',' where the end of the statement should be" },
	{ S("SCRIPT = {\"a\": \"b\"}.copy()"),
	  "line 1, column 20: found '.' where the end of the statement should be" },
	{ S("SCRIPT = dict(a=\"b\")"),
	  "line 1, column 10: found 'dict' where '{' should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = dict({\"a\": \"b\"})"),
	  "line 1, column 10: found 'dict' where '{' should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = OTHER"),
	  "line 1, column 10: found 'OTHER' where '{' should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = X = {\"a\": \"b\"}"),
	  "line 1, column 10: found 'X' where '{' should be; only string literals are read, nothing is run" },
	{ S("SCRIPT = \"a\""), "line 1, column 10: found a string where '{' should be" },
	{ S("SCRIPT = [(\"a\", \"b\")]"), "line 1, column 10: found '[' where '{' should be" },
	{ S("SCRIPT = \n{\"a\": \"b\"}"), "line 1, column 10: the line ends where '{' should be" },
	{ S("SCRIPT = {\"a\": \"b\"\n}\n]"), "line 3, column 1: found ']' where a statement should be" },
	{ S("  SCRIPT = {\"a\": \"b\"}"), "line 1, column 3: unexpected indentation" },
	{ S("X = 1\n  Y = 2\nSCRIPT = {}"), "line 2, column 3: unexpected indentation" },
	{ S("if True:\n    SCRIPT = {\"a\": \"b\"}"),
	  "line 1, column 1: an 'if' outside a function is not followed" },
	{ S("for x in y:\n    pass\nSCRIPT = {}"), "line 1, column 1: 'for' is not followed here" },
	{ S("try:\n    import x\nexcept ImportError:\n    pass\nSCRIPT = {}"),
	  "line 1, column 1: 'try' is not followed here" },
	{ S("while 1: pass"), "line 1, column 1: 'while' is not followed here" },
	{ S("with x: pass"), "line 1, column 1: 'with' is not followed here" },
	{ S("if __name__ == \"__main__\":\n    pass\nelse:\n    SCRIPT = {}"),
	  "line 3, column 1: 'else' is not followed here" },
	{ S("if __name__ == \"main\":\n    pass\nSCRIPT = {}"),
	  "line 1, column 1: an 'if' outside a function is not followed" },
	{ S("if __name__ != \"__main__\":\n    pass\nSCRIPT = {}"),
	  "line 1, column 1: an 'if' outside a function is not followed" },
	{ S("SCRIPT = {}\nSCRIPT[\"a\"] = \"b\""),
	  "line 2, column 7: only SCRIPT = {...} is read, nothing that changes it later" },
	{ S("SCRIPT = {}\nSCRIPT.update({\"a\": \"b\"})"),
	  "line 2, column 7: only SCRIPT = {...} is read, nothing that changes it later" },
	{ S("SCRIPT = {}\nSCRIPT |= {\"a\": \"b\"}"),
	  "line 2, column 8: only SCRIPT = {...} is read, nothing that changes it later" },
	{ S("SCRIPT: dict |= {\"a\": \"b\"}"),
	  "line 1, column 15: only SCRIPT = {...} is read, nothing that changes it later" },
	{ S("SCRIPT := {\"a\": \"b\"}"), "line 1, column 9: found '=' where a type should be" },
	{ S("SCRIPT: = {\"a\": \"b\"}"), "line 1, column 9: found '=' where a type should be" },
	{ S("SCRIPT == {}"), "line 1, column 8: only SCRIPT = {...} is read, nothing that changes it later" },
	{ S("SCRIPT, X = {}, 1"), "line 1, column 7: only SCRIPT = {...} is read, nothing that changes it later" },
	{ S("X = SCRIPT = {}"),
	  "line 1, column 5: SCRIPT is used here outside a function; only SCRIPT = {...} itself is read" },
	{ S("X = (SCRIPT := {})"),
	  "line 1, column 6: SCRIPT is used here outside a function; only SCRIPT = {...} itself is read" },
	{ S("SCRIPT = {}\nX = SCRIPT.pop(\"a\")"),
	  "line 2, column 5: SCRIPT is used here outside a function; only SCRIPT = {...} itself is read" },
	{ S("SCRIPT = {}\nX = len(SCRIPT)"),
	  "line 2, column 9: SCRIPT is used here outside a function; only SCRIPT = {...} itself is read" },
	{ S("SCRIPT = {}\ndel SCRIPT"), "line 2, column 1: 'del' is not followed here" },
	{ S("import SCRIPT"),
	  "line 1, column 8: SCRIPT is used here outside a function; only SCRIPT = {...} itself is read" },
	{ S("from x import SCRIPT"),
	  "line 1, column 15: SCRIPT is used here outside a function; only SCRIPT = {...} itself is read" },
	{ S("SCRIPT = {}\nfrom x import *"), "line 2, column 15: what 'import *' brings may replace SCRIPT" },
	{ S("SCRIPT = {}\nprint(\"x\")"),
	  "line 2, column 1: this is never run; only assignments, imports and functions may stand beside SCRIPT" },
	{ S("os.system(\"x\")\nSCRIPT = {}"),
	  "line 1, column 1: this is never run; only assignments, imports and functions may stand beside SCRIPT" },
	{ S("exec(\"SCRIPT = {}\")"), "line 1, column 1: 'exec' is never run, and could change SCRIPT" },
	{ S("X = eval(\"1\")\nSCRIPT = {}"), "line 1, column 5: 'eval' is never run, and could change SCRIPT" },
	{ S("X = globals()\nSCRIPT = {}"), "line 1, column 5: 'globals' is never run, and could change SCRIPT" },
	{ S("X = lambda: 1\nSCRIPT = {}"), "line 1, column 5: 'lambda' is never run, and could change SCRIPT" },
	{ S("class SCRIPT: pass"),
	  "line 1, column 7: SCRIPT is used here outside a function; only SCRIPT = {...} itself is read" },
	{ S("def SCRIPT(): pass"),
	  "line 1, column 5: SCRIPT is used here outside a function; only SCRIPT = {...} itself is read" },
	{ S("def f(x=SCRIPT): pass\nSCRIPT = {}"),
	  "line 1, column 9: SCRIPT is used here outside a function; only SCRIPT = {...} itself is read" },
	{ S("class A:\n    x = SCRIPT\nSCRIPT = {}"),
	  "line 2, column 9: SCRIPT is used here outside a function; only SCRIPT = {...} itself is read" },
	{ S("SCRIPT = {}\ndef f():\n    SCRIPT.clear()\nX = f()"),
	  "line 4, column 5: this is never run, and could change SCRIPT" },
	{ S("SCRIPT = {}\ndef a(): b()\nf = a\ndef b(): SCRIPT.clear()\nX = f()"),
	  "line 3, column 5: this is never run, and could change SCRIPT" },
	{ S("SCRIPT = {}\ndef f():\n    global SCRIPT\n@f\ndef g(): pass"),
	  "line 4, column 2: this is never run, and could change SCRIPT" },
	{ S("assert True\nSCRIPT = {}"), "line 1, column 1: 'assert' is not followed here" },
	{ S("raise SystemExit\nSCRIPT = {}"), "line 1, column 1: 'raise' is not followed here" },
	{ S("X = (\nSCRIPT = {}"),
	  "line 2, column 1: SCRIPT is used here outside a function; only SCRIPT = {...} itself is read" },
	{ S("X = )\nSCRIPT = {}"), "line 1, column 5: ')' closes nothing" },
	{ S("X = [1)\nSCRIPT = {}"), "line 1, column 7: ')' closes nothing" },
	{ S("X = \"\nSCRIPT = {}"), "line 1, column 5: the string that begins here is not closed" },
	{ S("X = \"\"\"\nSCRIPT = {}"), "line 1, column 5: the string that begins here is not closed" },
	{ S("X = $\nSCRIPT = {}"), "line 1, column 5: unexpected '$'" },
	{ S("X = 1 !\nSCRIPT = {}"), "line 1, column 7: unexpected '!'" },
	{ S("\xc3\xa9 = 1\nSCRIPT = {}"),
	  "line 1, column 1: found a character outside ASCII where a statement should be" },
	{ S("X = \xc3\xa9\nSCRIPT = {}"), "line 1, column 5: a name outside ASCII is not read" },
	{ S("1\nSCRIPT = {}"),
	  "line 1, column 1: this is never run; only assignments, imports and functions may stand beside SCRIPT" },
	{ S("[1]\nSCRIPT = {}"), "line 1, column 1: found '[' where a statement should be" },
	{ S("\"a\".f()\nSCRIPT = {}"), "line 1, column 4: found '.' where the end of the statement should be" },
	{ S("f\"a\"\nSCRIPT = {}"), "line 1, column 1: an f-string is never run; write the text out" },
	{ S("async with x: pass\nSCRIPT = {}"), "line 1, column 1: 'async' outside a function is not followed" },
	{ S("def f()\n  pass\nSCRIPT = {}"), "line 1, column 8: the line ends where ':' should be" },
	{ S("\\\nSCRIPT = {}"), "line 1, column 1: found '\\' where a statement should be" },
	{ S("def f():\n  pass\n\\\nSCRIPT = {}"), "line 3, column 1: found '\\' where a statement should be" },
	{ S("global SCRIPT\nSCRIPT = {}"), "line 1, column 1: 'global' is not followed here" },
	{ S("script = {\"a\": \"b\"}"), "line 1, column 20: no SCRIPT = {...} in it" },
	{ S("Script = {\"a\": \"b\"}"), "line 1, column 20: no SCRIPT = {...} in it" },
	{ S("SCRIPT: dict"), "line 1, column 13: no SCRIPT = {...} in it" },
	{ S("\"\"\"\nSCRIPT = {\"a\": \"b\"}\n\"\"\""), "line 3, column 4: no SCRIPT = {...} in it" },
	{ S("# SCRIPT = {\"a\": \"b\"}"), "line 1, column 22: no SCRIPT = {...} in it" },
	{ S("def f():\n    SCRIPT = {\"a\": \"b\"}"), "line 2, column 24: no SCRIPT = {...} in it" },
	{ S("X = SCRIPT\n"),
	  "line 1, column 5: SCRIPT is used here outside a function; only SCRIPT = {...} itself is read" },
	{ S("X = 1 \\"), "line 1, column 7: a '\\' that joins no other line" },
	{ S("x = 1; def f(): pass"), "line 1, column 8: 'def' is not followed here" },
	{ S("X = \x01\nSCRIPT = {}"), "line 1, column 5: a control character" },
	{ S("SCRIPT = {\"a\": \"b\"} \x00"), "line 1, column 21: a NUL character" },
	{ S("SCRIPT = {\x00}"), "line 1, column 11: a NUL character" },
	{ S("SCRIPT = {\"a\": \"\xff\"}"), "line 1, column 17: not valid UTF-8" },
	{ S("SCRIPT = {\"\xc3\xa9\": \"\xed\xa0\x80\"}"), "line 1, column 18: not valid UTF-8" },
	{ S("SCRIPT = {\"a\": \"\xc3"), "line 1, column 18: not valid UTF-8" },
};

START_TEST(is_read)
{
	AUTO_PYDICT d = { 0 };
	AUTO_BUF got = { 0 };
	struct err e = { 0 };
	size_t i;

	ck_assert_msg(pylit_parse(reads[_i].text, reads[_i].n, "SCRIPT", &d, &e) == 0, "%s: %s", reads[_i].text, e.msg);
	for (i = 0; i < d.n; i++) {
		buf_add(&got, d.pairs[i].key, d.pairs[i].nkey);
		buf_addc(&got, '=');
		buf_add(&got, d.pairs[i].text, d.pairs[i].ntext);
		buf_addc(&got, ';');
		ck_assert_ptr_eq(pydict_find(&d, d.pairs[i].key, d.pairs[i].nkey), &d.pairs[i]);
		ck_assert_int_eq(d.pairs[i].text[d.pairs[i].ntext], '\0');
	}
	ck_assert_msg(got.len == reads[_i].nwant && memcmp(buf_str(&got), reads[_i].want, got.len) == 0,
	              "%s: got %s, not %s", reads[_i].text, buf_str(&got), reads[_i].want);
}
END_TEST

START_TEST(is_refused)
{
	AUTO_PYDICT d = { 0 };
	struct err e = { 0 };

	ck_assert_msg(pylit_parse(refusals[_i].text, refusals[_i].n, "SCRIPT", &d, &e) == -1, "accepted: %s",
	              refusals[_i].text);
	ck_assert_str_eq(e.msg, refusals[_i].words);
	ck_assert_uint_eq(d.n, 0);
	ck_assert_int_eq(pylit_parse(refusals[_i].text, refusals[_i].n, "SCRIPT", &d, NULL), -1);
}
END_TEST

/* Every text that is read is refused or read, but survived, when it stops anywhere. */
START_TEST(stops_anywhere)
{
	struct err e;
	size_t n;

	for (n = 0; n < reads[_i].n; n++) {
		AUTO_PYDICT d = { 0 };
		AUTO_FREE char *exact = xmemdup(reads[_i].text, n); /* so that a read past the end is seen */

		if (pylit_parse(exact, n, "SCRIPT", &d, &e) < 0)
			ck_assert_uint_eq(d.n, 0);
	}
}
END_TEST

/* before, n times open, middle, n times close, after */
static int
nested(const char *before, char open, const char *middle, char close, const char *after, unsigned n)
{
	AUTO_PYDICT d = { 0 };
	AUTO_BUF b = { 0 };
	struct err e;
	unsigned i;

	buf_adds(&b, before);
	for (i = 0; i < n; i++)
		buf_addc(&b, open);
	buf_adds(&b, middle);
	for (i = 0; i < n; i++)
		buf_addc(&b, close);
	buf_adds(&b, after);
	return pylit_parse(buf_str(&b), b.len, "SCRIPT", &d, &e);
}

START_TEST(depth_is_bounded)
{
	ck_assert_int_eq(nested("SCRIPT = {'a': ", '(', "'x'", ')', "}", 100), 0);
	ck_assert_int_eq(nested("SCRIPT = {'a': ", '(', "'x'", ')', "}", 101), -1);
	ck_assert_int_eq(nested("SCRIPT = ", '(', "{}", ')', "", 100), 0);
	ck_assert_int_eq(nested("SCRIPT = ", '(', "{}", ')', "", 101), -1);
	ck_assert_int_eq(nested("X = ", '[', "1", ']', "\nSCRIPT = {}", 100), 0);
	ck_assert_int_eq(nested("X = ", '[', "1", ']', "\nSCRIPT = {}", 101), -1);
	ck_assert_int_eq(nested("X = ", '[', "1", '(', "\nSCRIPT = {}", 1000000), -1);
	ck_assert_int_eq(nested("SCRIPT = {}", ';', "X = 1", ';', "", 2), -1);
	ck_assert_int_eq(nested("SCRIPT = {'a': 'x'", ' ', "}", '\n', "", 1000000), 0);
}
END_TEST

START_TEST(many_keys)
{
	AUTO_PYDICT d = { 0 };
	AUTO_BUF b = { 0 };
	struct err e;
	char key[16];
	int i;

	buf_adds(&b, "SCRIPT = {");
	for (i = 0; i < 20000; i++)
		buf_addf(&b, "'k%d': 't%d',", i % 10000, i);
	buf_adds(&b, "}");
	ck_assert_int_eq(pylit_parse(buf_str(&b), b.len, "SCRIPT", &d, &e), 0);
	ck_assert_uint_eq(d.n, 10000);
	for (i = 0; i < 10000; i++) {
		char text[16];
		const struct pydict_pair *p;

		snprintf(key, sizeof key, "k%d", i);
		snprintf(text, sizeof text, "t%d", i + 10000);
		p = pydict_find(&d, key, strlen(key));
		ck_assert_ptr_eq(p, &d.pairs[i]);
		ck_assert_str_eq(p->text, text);
	}
	ck_assert_ptr_null(pydict_find(&d, "k", 1));
	ck_assert_ptr_null(pydict_find(&d, "k10000", 6));
}
END_TEST

START_TEST(another_name)
{
	static const char text[] = "SCRIPT = {'a': 'x'}\nVOICE = {'b': 'y'}\n";
	AUTO_PYDICT d = { 0 };
	struct err e;

	ck_assert_int_eq(pylit_parse(text, strlen(text), "VOICE", &d, &e), 0);
	ck_assert_uint_eq(d.n, 1);
	ck_assert_str_eq(d.pairs[0].key, "b");
	ck_assert_ptr_null(pydict_find(&(struct pydict){ 0 }, "b", 1));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pylit");
	TCase *t = tcase_create("pylit");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, is_read, 0, (int)ARRAY_LEN(reads));
	tcase_add_loop_test(t, is_refused, 0, (int)ARRAY_LEN(refusals));
	tcase_add_loop_test(t, stops_anywhere, 0, (int)ARRAY_LEN(reads));
	tcase_add_test(t, depth_is_bounded);
	tcase_add_test(t, many_keys);
	tcase_add_test(t, another_name);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
