#!/usr/bin/env bash
# Runs the Sigstore conformance vectors (bundle verification) through the client's command line, each by file and by digest, as the suite does.
# Usage: run-conformance.sh CLIENT [VECTORS]      VECTORS: NODEGATE_VECTORS or ../shared/vectors beside the checkout
# Prints a line for each case that came out wrong, and the sum. Exits 1 if one did.
set -euo pipefail

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# Called by itself for one case: run-conformance.sh --case CLIENT FOLDER file|digest
if [ "${1:-}" = --case ]; then
    client=$2 folder=$3 form=$4
    artifact=$folder/artifact
    [ -f "$artifact" ] || artifact=$folder/../a.txt
    value() { if [ -f "$folder/$1" ]; then cat "$folder/$1"; else printf '%s' "$2"; fi; }
    if [ -f "$folder/key.pub" ]; then
        signer=(--key "$folder/key.pub")
    else
        beacon=https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main
        signer=(--certificate-identity "$(value identity "$beacon")" --certificate-oidc-issuer "$(value issuer https://token.actions.githubusercontent.com)")
    fi
    [ ! -f "$folder/trusted_root.json" ] || signer+=(--trusted-root "$folder/trusted_root.json")
    [ "$form" = file ] || artifact=sha256:$(sha256sum "$artifact" | cut -d' ' -f1)
    status=0
    output=$("$client" verify-bundle --bundle "$folder/bundle.sigstore.json" "${signer[@]}" "$artifact" 2>&1) || status=$?
    # A crash is an exit too; only an answer of the client counts.
    case "$folder:$status" in
        *_fail:1 | *_fail:64) echo "right $form $(basename "$folder"): $(tail -n 1 <<< "$output")" ;;
        *_fail:*) echo "WRONG $form $(basename "$folder") exit $status: $output" ;;
        *:0) echo "right $form $(basename "$folder")" ;;
        *) echo "WRONG $form $(basename "$folder") exit $status: $output" ;;
    esac
    exit 0
fi

client=$1
vectors=${2:-${NODEGATE_VECTORS:-$repo/../shared/vectors}}/sigstore-conformance
[ -d "$vectors" ] || { echo "conformance: no vectors at $vectors; set NODEGATE_VECTORS" >&2; exit 2; }
results=$(mktemp)
trap 'rm -f "$results"' EXIT
for folder in "$vectors"/*/; do printf '%s\0' "${folder%/}" file "${folder%/}" digest; done |
    xargs -0 -n 2 -P 2 "${BASH_SOURCE[0]}" --case "$client" > "$results"
sort "$results" | grep '^WRONG' || true
[ -z "${VERBOSE:-}" ] || sort "$results"
right=$(grep -c '^right' "$results") all=$(wc -l < "$results")
echo "conformance: $right of $all right"
[ "$right" -eq "$all" ] && [ "$all" -gt 0 ]
