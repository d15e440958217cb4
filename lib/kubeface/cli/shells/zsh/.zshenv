# What the zsh of `kubeface shell` reads first: the user's own file, which may say where the others are.
KUBEFACE_FILES=$ZDOTDIR
ZDOTDIR=${KUBEFACE_USER_FILES:-$HOME}
[[ -r $ZDOTDIR/.zshenv ]] && . "$ZDOTDIR/.zshenv"
KUBEFACE_USER_FILES=$ZDOTDIR
ZDOTDIR=$KUBEFACE_FILES
