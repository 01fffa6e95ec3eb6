# fish completion for fh-state, made by fh-gen from its option table
function __fh_state_verb
	set -l skip 1
	for word in (commandline -opc)
		if test $skip = 1
			set skip 0
			continue
		end
		switch $word
			case -f --file -C --project-dir -w --wait -d --default -v --variable -a --array -p --phase -n --name --topic --video --duration --scene-file --class
				set skip 1
			case '-*'
			case '*'
				echo -- $word
				return
		end
	end
	echo
end
complete -c fh-state -s f -l file -r -F -d 'the state file'
complete -c fh-state -s C -l project-dir -r -f -a '(__fish_complete_directories)' -d 'the project folder; its state is DIR/project_state.json'
complete -c fh-state -s w -l wait -r -f -d 'wait at most TIME for the lock (30 s)'
complete -c fh-state -s j -l json -f -d 'values are JSON, printed or given'
complete -c fh-state -s s -l string -f -d 'values given are strings, also 42 and true'
complete -c fh-state -s 0 -l null -f -d 'end each value or line by NUL instead of newline'
complete -c fh-state -s d -l default -r -f -d 'get: print TEXT for what is missing or null'
complete -c fh-state -s q -l quiet -f -d 'get, flag: print nothing, answer by exit status'
complete -c fh-state -s v -l variable -r -f -d 'put the output into NAME, without its last newline, and print nothing'
complete -c fh-state -s a -l array -r -f -d 'put each value or line into an element of NAME; get: each element of arrays'
complete -c fh-state -s t -l touch -f -d 'also set updated_at to now'
complete -c fh-state -s l -l load -f -d 'then print what load prints, in place of what the verb does'
complete -c fh-state -s o -l fields -f -d 'history add: operands are NAME=VALUE of an object; the value @now is the time'
complete -c fh-state -s A -l all -f -d 'error clear: every error'
complete -c fh-state -s p -l phase -r -f -a 'init plan review narration build_scenes scene_qc precache_voiceovers final_render assemble complete error' -d 'apply: move on from PHASE (the state\'s own)'
complete -c fh-state -s n -l name -r -f -d 'the project\'s name (the folder\'s)'
complete -c fh-state -l topic -r -f -d 'the video\'s topic'
complete -c fh-state -s F -l force -f -d 'also where there is a state already'
complete -c fh-state -l video -r -F -d 'mark rendered: the video, from the project folder'
complete -c fh-state -l duration -r -f -d 'mark rendered: its duration, instead of reading it from the file'
complete -c fh-state -l no-audio -f -d 'mark rendered: it has no audio'
complete -c fh-state -l scene-file -r -F -d 'mark built: the scene\'s Python file'
complete -c fh-state -l class -r -f -d 'mark built: the scene\'s class'
complete -c fh-state -s h -l help -f -d 'print this help'
complete -c fh-state -s V -l version -f -d 'print the version'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a load -d 'print shell code that sets the STATE_ variables'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a invalidate -d 'print shell code that empties them'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a increment -d 'add 1 to run_count, print as load does'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a get -d 'print fields'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a set -d 'set fields'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a delete -d 'take fields out'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a append -d 'append to an array'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a phase -d 'print or set the phase'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a flag -d 'print or set a flag'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a error -d 'errors, each once'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a history -d 'what was done'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a touch -d 'set updated_at to now'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a scenes -d 'print id|file|class|duration of all scenes'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a scene -d 'one scene'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a mark -d 'set a scene\'s status, for a rendered one with its verification'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a repair-metadata -d 'fill in file and class_name of scenes from disk'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a normalize -d 'make it a state of the schema, whatever it is'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a apply -d 'normalize, then move on by what is on disk'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a validate -d 'say all that is wrong with it'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a backup -d 'copy it to .state_backup.json'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a restore -d 'copy .state_backup.json back'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a new -d 'make a fresh one'
complete -c fh-state -n 'test -z (__fh_state_verb)' -f -a edit -d 'do several of these, all or none; without operands, the lines of standard input'
complete -c fh-state -n 'test (__fh_state_verb) = get' -f -a 'project_name topic phase created_at updated_at run_count plan_file narration_file voice_config_file scenes current_scene_index errors history flags flags.needs_human_review flags.dry_run flags.force_replan'
complete -c fh-state -n 'test (__fh_state_verb) = set' -f -a 'project_name topic phase created_at updated_at run_count plan_file narration_file voice_config_file scenes current_scene_index errors history flags flags.needs_human_review flags.dry_run flags.force_replan'
complete -c fh-state -n 'test (__fh_state_verb) = delete' -f -a 'project_name topic phase created_at updated_at run_count plan_file narration_file voice_config_file scenes current_scene_index errors history flags flags.needs_human_review flags.dry_run flags.force_replan'
complete -c fh-state -n 'test (__fh_state_verb) = append' -f -a 'project_name topic phase created_at updated_at run_count plan_file narration_file voice_config_file scenes current_scene_index errors history flags flags.needs_human_review flags.dry_run flags.force_replan'
complete -c fh-state -n 'test (__fh_state_verb) = phase' -f -a 'init plan review narration build_scenes scene_qc precache_voiceovers final_render assemble complete error'
complete -c fh-state -n 'test (__fh_state_verb) = flag' -f -a 'needs_human_review dry_run force_replan on off'
complete -c fh-state -n 'test (__fh_state_verb) = error' -f -a 'add clear list'
complete -c fh-state -n 'test (__fh_state_verb) = history' -f -a 'add list'
complete -c fh-state -n 'test (__fh_state_verb) = scene' -f -a 'current get set revert (begin; fh-state scenes | cut -d\\| -f1; end 2>/dev/null)'
complete -c fh-state -n 'test (__fh_state_verb) = mark' -f -a 'pending built rendered (begin; fh-state scenes | cut -d\\| -f1; end 2>/dev/null)'
