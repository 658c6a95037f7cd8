#!/bin/sh
# Runs once, when Postgres's folder is empty: the product's own role, which is no superuser, and its database.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set password `cat /run/tintype/tintype-password`
create role tintype login password :'password';
create database tintype owner tintype;
revoke all on database tintype from public;
SQL
