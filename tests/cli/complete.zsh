# zsh -f complete.zsh FOLDER LINE: what zsh lists behind LINE, with the completion functions of FOLDER. It runs a zsh with its line
# editor in a pseudo-terminal, types LINE, asks for the list, and prints what comes on the screen. Needs a folder $T.
zmodload zsh/zpty || exit 1
mkdir -p $T/zdot
print -r -- 'PS1= PS2= TERM=dumb; unset zle_bracketed_paste; stty columns 200 rows 999; LISTMAX=99999
fpath=('${(q)1}' $fpath); autoload -Uz compinit; compinit -u -D; zstyle ":completion:*" list-colors ""
bindkey ^I list-choices; say-done() { print DONE; }; zle -N say-done; bindkey ^X say-done
zle-line-init() { print READY; }; zle -N zle-line-init' >$T/zdot/.zshrc
export ZDOTDIR=$T/zdot
zpty fh zsh -d -i
zpty -r fh text $'*READY*' || exit 1
zpty -w -n fh "$2"$'\t\x18' # the editor reads ^X when the list is out
zpty -r fh text $'*DONE*' || exit 1
print -r -- $text
zpty -d fh
