#!/bin/sh
# Makes every secret of the stack that is not there yet, a folder for each service that reads some: what the stack
# needs no .env for. Argument: the folder. What is there is kept, so that the volume is as precious as the data.
set -eu
umask 022
cd "$1"

random() { head -c 32 /dev/urandom | base64 | tr -d '=\n' | tr '+/' '-_'; }

# keep FILE TEXT: writes the file unless it is there; whole or not at all.
keep() {
  [ -s "$1" ] && return
  mkdir -p "$(dirname "$1")"
  printf '%s' "$2" > "$1.new"
  mv "$1.new" "$1"
}

# acl PASSWORD: Redis's list of users: one, who may do everything. It holds a hash alone.
acl() { printf 'user default on #%s ~* &* +@all' "$(printf '%s' "$1" | sha256sum | cut -d ' ' -f 1)"; }

# The originals, which no service mounts.
for name in superuser-password tintype-password redis-queue-password redis-cache-password signing-secret; do
  keep "kept/$name" "$(random)"
done
password=$(cat kept/tintype-password)
queue=$(cat kept/redis-queue-password)
cache=$(cat kept/redis-cache-password)
signing=$(cat kept/signing-secret)

keep postgres/superuser-password "$(cat kept/superuser-password)"
keep postgres/tintype-password "$password"
keep pgbouncer/userlist.txt "\"tintype\" \"$password\""
keep migrate/database-direct-url "postgres://tintype:$password@postgres:5432/tintype"
keep redis-queue/users.acl "$(acl "$queue")"
keep redis-cache/users.acl "$(acl "$cache")"
keep app/database-url "postgres://tintype:$password@pgbouncer:6432/tintype"
keep app/redis-queue-url "redis://:$queue@redis-queue:6379"
keep app/redis-cache-url "redis://:$cache@redis-cache:6379"
keep app/signing-secret "$signing"
keep gateway/signing-secret "$signing"
