# zsh -f complete.zsh FOLDER LINE: what zsh lists behind LINE, with the completion functions of FOLDER. It runs a zsh with its line
# editor in a pseudo-terminal, types LINE, asks for the list, and prints what comes on the screen.
zmodload zsh/zpty || exit 1
init='PS1= PS2= TERM=dumb; unset zle_bracketed_paste; stty -echo columns 200 rows 999; LISTMAX=99999; fpath=('${(q)1}' $fpath)
autoload -Uz compinit; compinit -u -D; bindkey ^I list-choices; zstyle ":completion:*" list-colors ""'
zpty fh zsh -f -i
zpty -w fh "$init"
zpty -w fh 'echo REA''DY'
zpty -r fh text $'*READY*' || exit 1
zpty -w -n fh "$2"$'\t'
# list-choices is done before the next key is read: ^U empties the line, then a word of our own ends the answer
zpty -w -n fh $'\x15'
zpty -w fh 'echo DO''NE'
zpty -r fh text $'*DONE*' || exit 1
print -r -- $text
zpty -d fh
