# What the zsh of `kubeface shell` reads last: the user's own file, then where the cluster is.
ZDOTDIR=$KUBEFACE_USER_FILES
[[ -r $ZDOTDIR/.zshrc ]] && . "$ZDOTDIR/.zshrc"
eval "$KUBEFACE_EXPORTS"
unset KUBEFACE_EXPORTS KUBEFACE_FILES KUBEFACE_USER_FILES
