#!/usr/bin/env bash
# Puts the trust root of Sigstore's public-good instance below .tools/trust/public-good/: root.json (the pinned root of its TUF repository)
# and trusted_root.json, as the npm package @sigstore/tuf carries them. src/NodeGate.Host embeds both, so that `trustRoot: public-good`
# works without any network. What is trusted is decided here and nowhere else: by the version and its hash below.
# Usage: get-trust.sh     NODEGATE_TOOLS: another folder than .tools.
set -euo pipefail
umask 022

package=@sigstore/tuf
version=5.0.1
integrity=sha512-ofwYu9iXeMm85zPh0cauUXzXtIFNfHI1o9Ux1e0Eil6shsbx+8bAe58fhiU1FcHdOIxOkyDhZzD6Gu6uPnzoUg==

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=${NODEGATE_TOOLS:-$here/../../.tools}
folder=$tools/trust/public-good

say() { printf 'trust: %s\n' "$*"; }
die() { printf 'trust: error: %s\n' "$*" >&2; exit 1; }
missing() { say "missing: $1; this build has no trust root 'public-good' of its own, and \`make publish\` will refuse"; exit 0; }

if [ -f "$folder/.stamp" ] && [ "$(cat "$folder/.stamp")" = "$integrity" ] && [ -s "$folder/root.json" ] && [ -s "$folder/trusted_root.json" ]; then
    say "public-good: complete ($package $version)"
    exit 0
fi
for program in npm node openssl tar; do
    command -v "$program" > /dev/null 2>&1 || missing "$program"
done

mkdir -p "$tools"
work=$(mktemp -d "$tools/.trust.XXXXXX")
trap 'rm -rf "$work"' EXIT

say "fetching $package $version with npm"
if ! (cd "$work" && npm pack --ignore-scripts --silent "$package@$version") > "$work/npm.log" 2>&1; then
    grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT' "$work/npm.log" && missing 'network for npm'
    cat "$work/npm.log" >&2
    die "npm could not fetch $package@$version"
fi
tarball=$(echo "$work"/*.tgz)
[ -f "$tarball" ] || die "npm left no tarball"

# By our own hand: npm would compare with what the registry says of itself.
found=sha512-$(openssl dgst -sha512 -binary "$tarball" | openssl base64 -A)
[ "$found" = "$integrity" ] || die "$package@$version has the integrity $found; $integrity was expected"

tar -xzf "$tarball" -C "$work" package/seeds.json
mkdir -p "$work/out"
node - "$work/package/seeds.json" "$work/out" <<'JS'
const fs = require('node:fs');
const [seedsFile, out] = process.argv.slice(2);
const seeds = Object.values(JSON.parse(fs.readFileSync(seedsFile, 'utf8')));
if (seeds.length !== 1) throw new Error(`${seeds.length} repositories in seeds.json; expected one`);
for (const [name, content] of [['root.json', seeds[0]['root.json']], ['trusted_root.json', seeds[0].targets['trusted_root.json']]]) {
    const bytes = Buffer.from(content, 'base64');
    JSON.parse(bytes.toString('utf8'));
    fs.writeFileSync(`${out}/${name}`, bytes);
}
JS
printf '%s\n' "$integrity" > "$work/out/.stamp"
mkdir -p "$folder"
mv -f "$work/out/root.json" "$work/out/trusted_root.json" "$folder/"
mv -f "$work/out/.stamp" "$folder/.stamp"
say "public-good: root.json $(stat -c %s "$folder/root.json") bytes, trusted_root.json $(stat -c %s "$folder/trusted_root.json") bytes ($package $version)"
