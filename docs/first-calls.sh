#!/usr/bin/env bash
# One meeting travels through every service, with nothing but curl: run it beside `make run`.
#   docs/first-calls.sh            takes the address and the logins from .run/demo.json (or RUN_DIR)
set -euo pipefail

demo="${RUN_DIR:-.run}/demo.json"
# `field NAME...` reads one value out of the JSON on standard input.
field() { python3 -c 'import functools,json,sys; print(functools.reduce(lambda d,k: d[int(k) if k.isdigit() else k], sys.argv[1:], json.load(sys.stdin)))' "$@"; }
login_of() { python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); l=next(x for x in d["logins"] if x["role"]==sys.argv[2]); print(json.dumps({"district":d["district"],"login":l["login"],"password":l["password"]}))' "$demo" "$1"; }
say() { printf '\n== %s\n' "$1"; }
json() { curl -sS --fail-with-body -H 'Content-Type: application/json' "$@"; }

address=$(field address <"$demo")

say "The operator and a teacher log in"
answer=$(json "$address/v1/auth/login" -d "$(login_of district_operator)")
operator="Authorization: Bearer $(field access_token <<<"$answer")"
answer=$(json "$address/v1/auth/login" -d "$(login_of teacher)")
teacher="Authorization: Bearer $(field access_token <<<"$answer")"
teacher_id=$(json "$address/v1/me" -H "$teacher" | tee /dev/stderr | field id)

say "The operator founds an MGMP: an idempotency key makes a repeated call harmless"
key="first-calls-$$-$(date +%s)"
answer=$(json "$address/v1/communities" -H "$operator" -H "Idempotency-Key: $key" \
    -d '{"name": "MGMP IPA SMP", "kind": "mgmp", "level": "SMP", "subject": "IPA", "join_policy": "open"}')
community=$(field id <<<"$answer")
echo "$answer"

say "The teacher joins"
json "$address/v1/communities/$community/members" -H "$teacher" -d "{\"person_id\": \"$teacher_id\"}"

say "An inquiry cycle is opened, and a meeting is called that belongs to it: read your own writes"
cycle=$(json "$address/v1/communities/$community/cycles" -H "$operator" \
    -d '{"title": "Energi di sekitar kita", "goal": "Murid menjelaskan perubahan energi dengan contoh sendiri", "phase": "D"}' | field id)
starts_at=$(date -u -d '+7 days' +%Y-%m-%dT06:00:00Z)
session=$(json "$address/v1/sessions" -H "$operator" -d "{\"community_id\": \"$community\", \"cycle_id\": \"$cycle\",
    \"title\": \"Merancang asesmen awal\", \"goal\": \"Murid tahu apa yang sudah ia pahami\", \"starts_at\": \"$starts_at\",
    \"duration_minutes\": 120, \"mode\": \"on_site\", \"place\": \"SMP Negeri 1\"}" | tee /dev/stderr | field id)

say "The teacher says yes"
json -X PUT "$address/v1/sessions/$session/rsvp" -H "$teacher" -d '{"answer": "yes"}'

say "A worksheet is uploaded (tus 1.0) and shared with a text"
file=$(mktemp)
trap 'rm -f "$file"' EXIT
printf '%%PDF-1.4\nlembar kerja\n%%%%EOF\n' >"$file"
upload=$(json "$address/v1/uploads" -X POST -D - -o /dev/null -H "$operator" -H 'Tus-Resumable: 1.0.0' \
    -H "Upload-Length: $(stat -c %s "$file")" -H "Upload-Metadata: filename $(printf lembar.pdf | base64)" |
    tr -d '\r' | awk 'tolower($1) == "location:" {print $2}')
curl -sS --fail-with-body -X PATCH "$address${upload#"$address"}" -H "$operator" -H 'Tus-Resumable: 1.0.0' \
    -H 'Upload-Offset: 0' -H 'Content-Type: application/offset+octet-stream' --data-binary "@$file"
file_id=$(json "$address${upload#"$address"}" -H "$operator" | tee /dev/stderr | field file_id)
resource=$(json "$address/v1/resources" -H "$operator" -d "{\"community_id\": \"$community\", \"title\": \"Asesmen awal energi\",
    \"kind\": \"assessment\", \"subject\": \"IPA\", \"phase\": \"D\", \"text\": \"Lima soal, sepuluh menit.\", \"file_ids\": [\"$file_id\"]}" | field id)
json -X POST "$address/v1/resources/$resource/submit" -H "$operator" -d '{}' >/dev/null
json -X POST "$address/v1/resources/$resource/approve" -H "$operator" -d '{}'

say "What the teacher was told"
for _ in $(seq 50); do
    told=$(json "$address/v1/notifications?unread=true" -H "$teacher")
    [ "$(grep -o "$resource" <<<"$told" | wc -l)" -gt 0 ] && break
    sleep 0.2
done
echo "$told"

say "What other systems read: scheduling's event log"
json "$address/v1/events?service=scheduling&after=&limit=3" -H "$operator"
echo
