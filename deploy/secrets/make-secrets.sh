#!/bin/sh
# Makes every secret of the stack that is not there yet, a folder for each service that reads some: what the stack
# needs no .env for. Argument: the folder. What is in its folder `kept` stays for ever, and is as precious as the data.
set -eu
umask 022
cd "$1"

random() { head -c 32 /dev/urandom | base64 | tr -d '=\n' | tr '+/' '-_'; }

# write FILE TEXT: writes the file, whole or not at all.
write() {
  mkdir -p "$(dirname "$1")"
  printf '%s' "$2" > "$1.new"
  mv "$1.new" "$1"
}

# hash PASSWORD: as Redis's list of users holds it.
hash() { printf '%s' "$1" | sha256sum | cut -d ' ' -f 1; }

# Everything comes of these, which no service mounts.
for name in superuser tintype redis-queue redis-cache redis-cache-gateway signing; do
  [ -s "kept/$name" ] || write "kept/$name" "$(random)"
done
password=$(cat kept/tintype)
queue=$(cat kept/redis-queue)
cache=$(cat kept/redis-cache)
gateway=$(cat kept/redis-cache-gateway)
signing=$(cat kept/signing)

everything='~* &* +@all'
# What hearing purges and counting requests takes, and no key but those of the counts.
gate='&purges ~{limit:edge:* +subscribe +unsubscribe +ping +info +hello +client|setname +evalsha +eval +time +get +set'

write postgres/superuser-password "$(cat kept/superuser)"
write postgres/tintype-password "$password"
write pgbouncer/userlist.txt "\"tintype\" \"$password\""
write migrate/database-direct-url "postgres://tintype:$password@postgres:5432/tintype"
write redis-queue/users.acl "user default on #$(hash "$queue") $everything"
write redis-cache/users.acl "user default on #$(hash "$cache") $everything
user gateway on #$(hash "$gateway") $gate
"
write app/database-url "postgres://tintype:$password@pgbouncer:6432/tintype"
write app/redis-queue-url "redis://:$queue@redis-queue:6379"
write app/redis-cache-url "redis://:$cache@redis-cache:6379"
write app/signing-secret "$signing"
write gateway/signing-secret "$signing"
write gateway/redis-cache-url "redis://gateway:$gateway@redis-cache:6379"
