#!/usr/bin/env bash
# helpers.sh DIR: writes into DIR the Python helpers that a build script calls, as the contract describes them (README, "Phases"), in our own
# words; a scene's template; and a precache step that speaks with a beep.
set -eu
cd "$1"
cat >scene.template <<'END'
from manim import *
from manim_voiceover_plus import VoiceoverScene
from narration_script import SCRIPT


class {{CLASS}}(VoiceoverScene):
    # {{TITLE}}
    def construct(self):
        with self.voiceover(text=SCRIPT["{{KEY}}"]) as tracker:
            # SLOT_START:scene_body
            self.wait(tracker.duration)
            # SLOT_END:scene_body
END
cat >state_cache_helper.py <<'END'
import json, sys
from datetime import datetime
def load(s):
    for k, v in (("PHASE", s["phase"]), ("RUN_COUNT", s["run_count"]), ("NEEDS_REVIEW", s["flags"].get("needs_human_review", False)),
                 ("CURRENT_SCENE_INDEX", s.get("current_scene_index", 0)), ("CACHE_VALID", 1)):
        print("export STATE_%s='%s'" % (k, v))
verb, path = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
if verb == "invalidate":
    print("export STATE_CACHE_VALID=0 STATE_PHASE= STATE_RUN_COUNT= STATE_NEEDS_REVIEW= STATE_CURRENT_SCENE_INDEX=")
    sys.exit()
s = json.load(open(path))
if verb == "increment":
    s["run_count"] += 1
    s["updated_at"] = datetime.utcnow().strftime("%Y-%m-%dT%H:%M:%SZ")
    json.dump(s, open(path, "w"), indent=2)
if verb == "get":
    print(s[sys.argv[3]])
else:
    load(s)
END
cat >update_project_state.py <<'END'
import argparse, json, os, re, sys
from datetime import datetime
p = argparse.ArgumentParser()
p.add_argument("--project-dir"); p.add_argument("--mode"); p.add_argument("--phase")
a = p.parse_args()
now = datetime.utcnow().strftime("%Y-%m-%dT%H:%M:%SZ")
D = a.project_dir; path = os.path.join(D, "project_state.json")
PHASES = "init plan review narration build_scenes scene_qc precache_voiceovers final_render assemble complete error".split()
if not os.path.exists(path):
    sys.exit(2)
text = open(path, errors="replace").read()
try:
    raw = json.JSONDecoder().raw_decode(text[text.index("{"):])[0]
except ValueError:
    raw = {}
def integer(v):
    try: return int(v)
    except (TypeError, ValueError): return 0
def string(v, default=None):
    return default if v is None else v if isinstance(v, str) else str(v)
def scene(s):
    i = s["id"]
    out = {"id": i, "title": string(s.get("title"), i), "narration_key": string(s.get("narration_key"), i),
           "narration_summary": string(s.get("narration_summary"), ""), "estimated_words": integer(s.get("estimated_words")),
           "estimated_duration": string(s.get("estimated_duration"), "0s"),
           "animations": s["animations"] if isinstance(s.get("animations"), list) else [], "complexity": string(s.get("complexity"), "low"),
           "risk_flags": s["risk_flags"] if isinstance(s.get("risk_flags"), list) else []}
    for k, t in (("status", str), ("file", str), ("class_name", str), ("video_file", str), ("verification", dict)):
        if isinstance(s.get(k), t): out[k] = s[k]
    return out
def rows(v): return v if isinstance(v, list) else []
flags = raw.get("flags") if isinstance(raw.get("flags"), dict) else {}
st = {"project_name": string(raw.get("project_name"), os.path.basename(D)), "topic": string(raw.get("topic")),
      "phase": raw.get("phase") if raw.get("phase") in PHASES else "plan", "created_at": string(raw.get("created_at"), now), "updated_at": now,
      "run_count": integer(raw.get("run_count")), "plan_file": string(raw.get("plan_file")), "narration_file": string(raw.get("narration_file")),
      "voice_config_file": string(raw.get("voice_config_file")),
      "scenes": [scene(s) for s in rows(raw.get("scenes")) if isinstance(s, dict) and s.get("id")]}
st["current_scene_index"] = max(0, min(integer(raw.get("current_scene_index")), len(st["scenes"])))
errors = []
for e in rows(raw.get("errors")):
    if e is not None and e not in errors: errors.append(e)
st["errors"] = errors; st["history"] = rows(raw.get("history"))
st["flags"] = {k: bool(flags.get(k)) for k in ("needs_human_review", "dry_run", "force_replan")}
def there(f): return os.path.exists(os.path.join(D, f))
def note(action): st["history"].append({"timestamp": now, "phase": phase, "action": action})
def error(e):
    if e not in errors: errors.append(e)
def cleared(prefix): st["errors"] = [e for e in errors if not (isinstance(e, str) and e.startswith(prefix))]
if a.mode == "apply":
    phase = a.phase or st["phase"]
    if phase == "plan" and there("plan.json"):
        plan = json.load(open(os.path.join(D, "plan.json")))
        st["scenes"] = [dict(scene(s), status="pending") for s in plan["scenes"]]
        st.update(plan_file="plan.json", current_scene_index=0, phase="review"); st["flags"]["needs_human_review"] = False; note("plan")
    elif phase == "review":
        st["phase"] = "narration"; st["flags"]["needs_human_review"] = False; note("review")
    elif phase == "narration":
        if there("narration_script.py"):
            st.update(narration_file="narration_script.py", phase="build_scenes"); cleared("narration failed:"); note("narration")
            st["flags"]["needs_human_review"] = False
        else:
            error("narration failed: narration_script.py missing"); st["flags"]["needs_human_review"] = True
    elif phase == "build_scenes":
        i = st["current_scene_index"]
        if i < len(st["scenes"]):
            s = st["scenes"][i]; f = s["id"] + ".py"
            m = there(f) and re.search(r"^class\s+(\w+)\s*\(\s*VoiceoverScene", open(os.path.join(D, f)).read(), re.M)
            if m:
                s.update(status="built", file=f, class_name=m.group(1)); st["current_scene_index"] = i + 1; note("built " + s["id"])
            else:
                error("build_scenes incomplete: " + f)
        if st["current_scene_index"] >= len(st["scenes"]): st["phase"] = "scene_qc"
    elif phase == "scene_qc":
        if there("scene_qc_report.md"): st["phase"] = "precache_voiceovers"; cleared("scene_qc"); note("scene_qc")
        else: error("scene_qc incomplete")
    elif phase == "precache_voiceovers":
        if there("media/voiceovers/qwen/cache.json"): st["phase"] = "final_render"; cleared("precache_voiceovers"); note("precache")
        else: error("precache_voiceovers incomplete")
with open(path, "w") as f:
    json.dump(st, f, indent=2); f.write("\n")
END
cat >voice_cache_validator.py <<'END'
import hashlib, json, os, sys
d = sys.argv[1]; v = os.path.join(d, "media/voiceovers/qwen"); h = os.path.join(v, ".cache_hash")
def no(why): print(why); sys.exit(1)
if not os.path.exists(v + "/cache.json"): no("❌ Cache index missing")
if not json.load(open(v + "/cache.json")): no("❌ Cache index is empty")
now = hashlib.sha256(open(d + "/narration_script.py", encoding="utf-8").read().encode()).hexdigest()
if not os.path.exists(h): open(h, "w").write(now)
if open(h).read().strip() != now: no("❌ Narration script has changed since last cache")
print("✓ Voice cache is valid and up-to-date")
END
cat >precache_voiceovers_qwen.py <<'END'
import json, os, runpy, sys
d = sys.argv[1]; v = os.path.join(d, "media/voiceovers/qwen")
os.makedirs(v, exist_ok=True)
script = runpy.run_path(d + "/narration_script.py")["SCRIPT"]
for k in script: open("%s/%s.mp3" % (v, k), "wb").write(b"\xff\xfb\x90\x00" + b"\0" * 413)
json.dump([{"narration_key": k, "text": t, "audio_file": k + ".mp3"} for k, t in script.items()], open(v + "/cache.json", "w"), indent=2)
END
