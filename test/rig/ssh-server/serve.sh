#!/bin/sh
# serve.sh PORT PUBLIC-KEY
set -eu
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
install -d -m 700 -o ada /home/ada/.ssh
printf '%s\n' "$2" > /home/ada/.ssh/authorized_keys
chown ada /home/ada/.ssh/authorized_keys
exec /usr/sbin/sshd -D -e -p "$1" -o ListenAddress=127.0.0.1 -o PasswordAuthentication=no \
  -o MaxStartups=100 -o MaxSessions=100
