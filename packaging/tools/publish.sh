#!/usr/bin/env bash
# One self-contained, trimmed, ReadyToRun file. Its intermediate files have a folder of their own, so that the normal
# build stays as it is and stays quick.
set -euo pipefail
rid=${1:-linux-x64}
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=$repo/artifacts/publish
trust=${NODEGATE_TOOLS:-$repo/.tools}/trust/public-good
for file in root.json trusted_root.json; do
    [ -s "$trust/$file" ] || { echo "publish: $trust/$file is missing: run packaging/tools/get-trust.sh (it needs npm), so that trustRoot: public-good works" >&2; exit 1; }
done
trust=$(cd "$trust" && pwd)
rm -rf "$out.new"
dotnet publish "$repo/src/NodeGate.Host/NodeGate.Host.csproj" -c Release -r "$rid" --nologo --disable-build-servers \
    -p:NodeGatePublish=true -p:PublicGoodTrust="$trust" -p:ArtifactsPath="$repo/artifacts/publish-work" -o "$out.new" < /dev/null
[ -x "$out.new/nodegate" ] || { echo "publish: no nodegate in $out.new" >&2; exit 1; }
mkdir -p "$out"
mv -f "$out.new/nodegate" "$out/nodegate"
extra=$(cd "$out.new" && ls -A)
rm -rf "$out.new"
[ -z "$extra" ] || echo "publish: left out: $extra"
echo "$out/nodegate $(stat -c %s "$out/nodegate") bytes"
