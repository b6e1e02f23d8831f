#!/usr/bin/env bash
# Unpacks the real parts (containerd, runc, registry, signers, ...) below .tools/ without touching the system.
# Which version: the Debian suite decides, and the major.minor that a suite is expected to have is checked afterwards.
# Usage: get-tools.sh [--check]     --check only says what is missing.
# NODEGATE_TOOLS: another folder than .tools.  NODEGATE_TOOLS_REFRESH=1: unpack everything anew.
set -euo pipefail
umask 022

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repo=$(cd "$here/../.." && pwd)
root=${NODEGATE_TOOLS:-$repo/.tools}

# part | package | suite (machine = the suite this system runs) | expected version | entry points in .tools/bin (name=path) | tests that need it
parts() {
    cat <<'TABLE'
containerd-1.6|containerd|bookworm|1.6|containerd-1.6=usr/bin/containerd ctr-1.6=usr/bin/ctr|end-to-end and demo on containerd 1.6
containerd-1.7|containerd|trixie|1.7|containerd-1.7=usr/bin/containerd ctr-1.7=usr/bin/ctr|end-to-end and demo on containerd 1.7
containerd-2.1|containerd|forky|2.1|containerd-2.1=usr/bin/containerd ctr-2.1=usr/bin/ctr|end-to-end and demo on containerd 2.1
runc|runc|machine|1.|runc=usr/sbin/runc|pods that really start
docker-registry|docker-registry|machine|2.|docker-registry=usr/bin/docker-registry|everything end to end against a real registry
cosign-2|cosign|trixie|2.5|cosign-2=usr/bin/cosign|cosign legacy signatures (.sig)
cosign-3|cosign|forky|3.1|cosign-3=usr/bin/cosign|cosign bundles as referrers
sigstore-go|sigstore-go|forky|1.3|sigstore-go-verification=usr/bin/sigstore-go-verification sigstore-go-signing=usr/bin/sigstore-go-signing|what the tests mint is verified by another implementation
go-tuf|go-tuf|forky|2.|tuf-client=usr/bin/tuf-client|the tests' TUF repositories are judged by another implementation
crane|crane|forky|0.2|crane=usr/bin/crane|every test that makes an image
oras|oras|forky|1.|oras=usr/bin/oras|artifacts and referrers by an independent client
kubectl|kubectl|forky|1.3|kubectl=usr/bin/kubectl|the webhook's manifests, rendered by the real kubectl kustomize
busybox|busybox-static|forky|1.|busybox=usr/bin/busybox|every test that makes an image
nginx|nginx|machine|1.|nginx=usr/sbin/nginx|the benchmark's comparison with nginx
h2load|nghttp2-client|machine|1.|h2load=usr/bin/h2load nghttp=usr/bin/nghttp|the benchmark's load
TABLE
}

say() { printf 'tools: %s\n' "$*"; }
die() { printf 'tools: error: %s\n' "$*" >&2; exit 1; }

machine_suite() {
    # shellcheck disable=SC1091
    (. /etc/os-release 2>/dev/null && printf '%s' "${VERSION_CODENAME:-}") || true
}

suite_of() { if [ "$1" = machine ]; then machine_suite; else printf '%s' "$1"; fi; }

# A part is complete when it was unpacked from the same row of the table and each entry point runs from here.
complete() {
    local part=$1 package=$2 suite=$3 entries=$4 entry stamp=$root/$1/.stamp
    [ -f "$stamp" ] && [ "$(sed -n 1p "$stamp")" = "$part|$package|$suite|$entries" ] || return 1
    for entry in $entries; do
        [ -x "$root/bin/${entry%%=*}" ] && [ -x "$root/$part/${entry#*=}" ] || return 1
    done
}

list_missing() {
    local part package suite expected entries tests
    while IFS='|' read -r part package suite expected entries tests; do
        complete "$part" "$package" "$suite" "$entries" || printf '%s|%s\n' "$part" "$tests"
    done < <(parts)
}

say_missing() {
    local why=$1 part tests
    say "$why"
    list_missing | while IFS='|' read -r part tests; do
        say "missing: $part; tests that are skipped: $tests"
    done
}

write_manifest() {
    local part rest
    {
        printf '# name\tpackage\tversion\tsuite\tsha256\n'
        while IFS='|' read -r part rest; do
            [ ! -f "$root/$part/.stamp" ] || sed -n '2,$p' "$root/$part/.stamp"
        done < <(parts)
    } > "$root/manifest.txt.$$"
    mv -f "$root/manifest.txt.$$" "$root/manifest.txt"
}

# --- apt, with lists, cache and configuration of its own ---------------------------------------------------------

own_apt() { "$1" -q -c "$apt/apt.conf" "${@:2}"; }

write_apt_conf() {
    mkdir -p "$apt"/{lists/partial,cache/archives/partial,etc}
    : > "$apt/status"
    # #clear: the hooks of container images delete files in /var/cache, which is not ours. Proxies and other settings
    # of the machine stay as they are; its preferences do not, they could pin a package to another suite.
    cat > "$apt/apt.conf" <<CONF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Update::Post-Invoke-Stats;
#clear DPkg::Post-Invoke;
Dir::State "$apt";
Dir::State::Lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Cache::Archives "$apt/cache/archives";
Dir::Cache::pkgcache "pkgcache.bin";
Dir::Cache::srcpkgcache "srcpkgcache.bin";
Dir::Etc::sourcelist "$apt/etc/sources.list";
Dir::Etc::sourceparts "-";
Dir::Etc::preferences "-";
Dir::Etc::preferencesparts "-";
Dir::Log "$apt";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
APT::Sandbox::User "root";
APT::Get::List-Cleanup "false";
CONF
}

# The archive that the machine's own suite comes from. Labels are known only for lists that apt has fetched, so a fresh
# machine is asked by suite and component, which leaves out -security, -updates and foreign archives; what is served
# there must then be signed by the Debian archive keyring and call itself Debian, or the next candidate is tried.
mirror_candidates() {
    local suite; suite=$(machine_suite)
    {
        apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(CODENAME)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
            awk -F'|' -v s="$suite" '$1=="Debian" && $2=="Debian" && $3==s && $4=="main" {print $5}'
        apt-get indextargets -o APT::Get::IndexTargets::ReleaseInfo=false \
            --format '$(RELEASE)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
            awk -F'|' -v s="$suite" '($1==s || $1=="stable" || $1=="oldstable" || $1=="testing") && $2=="main" {print $3}'
    } | awk 'NF && !seen[$0]++'
}

keyring() {
    local file
    for file in /usr/share/keyrings/debian-archive-keyring.gpg /usr/share/keyrings/debian-archive-keyring.pgp; do
        if [ -r "$file" ]; then printf '%s' "$file"; return; fi
    done
}

# Sets mirror. 0: lists are there; 1: no archive answered at all (no network); dies when only a part of it answered.
update_lists() {
    local uri suite ring ok answered=0
    ring=$(keyring)
    for uri in $(mirror_candidates); do
        rm -rf "$apt/lists"; mkdir -p "$apt/lists/partial"
        for suite in "${suites[@]}"; do
            printf 'deb [signed-by=%s arch=%s target=Packages] %s %s main\n' "$ring" "$(dpkg --print-architecture)" "$uri" "$suite"
        done > "$apt/etc/sources.list"
        own_apt apt-get -o APT::Update::Error-Mode=any update > "$apt/update.log" 2>&1 && ok=1 || ok=0
        local found
        found=$(own_apt apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(CODENAME)' 2>/dev/null | grep '^Debian|Debian|' | sort -u | wc -l)
        if [ "$ok" = 1 ] && [ "$found" -ge "${#suites[@]}" ]; then return 0; fi
        if [ "$found" -gt 0 ]; then answered=1; cp "$apt/update.log" "$apt/update-partial.log"; fi
    done
    if [ "$answered" = 1 ]; then
        cat "$apt/update-partial.log" >&2
        die "the machine's Debian archive answered, but not for every suite of: ${suites[*]}"
    fi
    return 1
}

# download PACKAGE SUITE FOLDER: leaves exactly one .deb there; apt has checked its hash against the signed list.
download() {
    mkdir -p "$3"
    (cd "$3" && own_apt apt-get download "$1/$2") > "$apt/download.log" 2>&1 || { cat "$apt/download.log" >&2; return 1; }
    set -- "$3"/*.deb
    [ $# -eq 1 ] && [ -f "$1" ]
}

missing_libraries() {
    local entry
    for entry in $2; do
        LD_LIBRARY_PATH=$(library_path "$1") ldd "$1/${entry#*=}" 2>/dev/null | awk '/not found/ {print $1}'
    done | sort -u
}

library_path() { printf '%s/usr/lib/%s:%s/usr/lib:%s/lib/%s' "$1" "$triplet" "$1" "$1" "$triplet"; }

# A program of another package set may need libraries the machine lacks: they are unpacked beside it, from the same suite.
add_libraries() {
    local folder=$1 package=$2 suite=$3 entries=$4 work=$5 level dependency queue next lib
    queue=$package
    for level in 1 2 3; do
        [ -n "$(missing_libraries "$folder" "$entries")" ] || return 0
        next=''
        for dependency in $queue; do
            for lib in $(own_apt apt-cache -t "$suite" depends --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances "$dependency" 2>/dev/null |
                    awk '/Depends:/ {print $NF}' | grep -E '^lib' | grep -vE '^libc6$|^libgcc' | sort -u); do
                [ ! -d "$work/lib-$lib" ] || continue
                download "$lib" "$suite" "$work/lib-$lib" || return 1
                dpkg -x "$work/lib-$lib"/*.deb "$folder"
                next="$next $lib"
            done
        done
        queue=$next
    done
    [ -z "$(missing_libraries "$folder" "$entries")" ] || { missing_libraries "$folder" "$entries" >&2; return 1; }
}

link_entries() {
    local part=$1 entries=$2 wrapped=$3 entry name target
    mkdir -p "$root/bin"
    for entry in $entries; do
        name=${entry%%=*} target=${entry#*=}
        if [ "$wrapped" = yes ]; then
            cat > "$root/bin/.$name.$$" <<WRAP
#!/bin/sh
# Needs libraries that were not on the machine when it was unpacked; they lie beside it.
tools=\$(dirname "\$(dirname "\$(readlink -f "\$0")")")
LD_LIBRARY_PATH="\$tools/$part/usr/lib/$triplet:\$tools/$part/lib/$triplet\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}" exec "\$tools/$part/$target" "\$@"
WRAP
            chmod 755 "$root/bin/.$name.$$"
        else
            ln -s "../$part/$target" "$root/bin/.$name.$$"
        fi
        mv -fT "$root/bin/.$name.$$" "$root/bin/$name"
    done
}

# fetch one part into a folder of its own, then rename: a broken download never looks like a part.
fetch() {
    local part=$1 package=$2 suite_name=$3 expected=$4 entries=$5 suite work deb version sum wrapped=no entry inside
    suite=$(suite_of "$suite_name")
    work=$root/.work/$part
    rm -rf "$work"; mkdir -p "$work/tree"
    download "$package" "$suite" "$work/deb" || return 1
    deb=$(echo "$work/deb"/*.deb)
    dpkg -x "$deb" "$work/tree" || return 1
    version=$(dpkg-deb -f "$deb" Version)
    sum=$(sha256sum "$deb" | cut -d' ' -f1)
    for entry in $entries; do
        # A suite may still have /bin and /sbin beside /usr.
        inside=${entry#*=}
        if [ ! -e "$work/tree/$inside" ] && [ -e "$work/tree/${inside#usr/}" ]; then
            mkdir -p "$(dirname "$work/tree/$inside")"
            mv "$work/tree/${inside#usr/}" "$work/tree/$inside"
        fi
        [ -x "$work/tree/$inside" ] || { say "$package $version ($suite) has no $inside" >&2; return 1; }
    done
    if [ -n "$(missing_libraries "$work/tree" "$entries")" ]; then
        wrapped=yes
        add_libraries "$work/tree" "$package" "$suite" "$entries" "$work" || return 1
    fi
    {
        printf '%s|%s|%s|%s\n' "$part" "$package" "$suite_name" "$entries"
        printf '%s\t%s\t%s\t%s\t%s\n' "$part" "$package" "$version" "$suite" "$sum"
        for deb in "$work"/lib-*/*.deb; do
            [ -f "$deb" ] || continue
            printf '%s\t%s\t%s\t%s\t%s\n' "$part" "$(dpkg-deb -f "$deb" Package)" "$(dpkg-deb -f "$deb" Version)" "$suite" "$(sha256sum "$deb" | cut -d' ' -f1)"
        done
    } > "$work/tree/.stamp"
    rm -rf "${root:?}/$part"
    mv "$work/tree" "$root/$part"
    link_entries "$part" "$entries" "$wrapped"
    rm -rf "$work"
    case ${version#*:} in
        "$expected"*) say "$part: $package $version ($suite)" ;;
        *) say "$part: $package $version ($suite); $expected was expected, the suite has moved on" ;;
    esac
}

# --- npm: the independent gRPC client and Sigstore -------------------------------------------------------------------------

npm_parts() {
    local folder=$repo/tests/NodeGate.EndToEnd/js lock stamp package
    [ -f "$folder/package.json" ] || return 0
    stamp=$folder/node_modules/.nodegate-stamp
    lock=$(sha256sum "$folder/package-lock.json" | cut -d' ' -f1)
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$lock" ]; then return 0; fi
    if ! command -v npm >/dev/null 2>&1 || ! command -v node >/dev/null 2>&1; then
        say 'missing: npm; tests that are skipped: those with the independent implementations in JavaScript'
        return 0
    fi
    if [ "$check" = 1 ]; then say 'missing: the npm packages of the independent implementations; run `make tools`'; return 0; fi
    if (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) > "$root/npm.log" 2>&1; then
        printf '%s\n' "$lock" > "$stamp"
        for package in @grpc/grpc-js sigstore ajv; do
            say "$package: $(node -p "require('$folder/node_modules/$package/package.json').version") (npm)"
        done
    elif grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT' "$root/npm.log"; then
        say 'no network for npm; tests that are skipped: those with the independent implementations in JavaScript'
    else
        cat "$root/npm.log" >&2
        die 'npm could not install @grpc/grpc-js, sigstore and ajv'
    fi
}

# ------------------------------------------------------------------------------------------------------------------

check=0
[ "${1:-}" != --check ] || check=1

mkdir -p "$root"
root=$(cd "$root" && pwd -P)
apt=$root/.apt

if [ "$check" = 1 ]; then
    if [ -n "$(list_missing)" ]; then say_missing 'not complete'; exit 1; fi
    say "complete: $root"; exit 0
fi

# Two runs at once: the second waits here and then finds everything done.
if command -v flock >/dev/null 2>&1; then
    exec 9> "$root/.lock"
    flock 9
fi

[ "${NODEGATE_TOOLS_REFRESH:-0}" != 1 ] || parts | cut -d'|' -f1 | while read -r part; do rm -rf "${root:?}/$part"; done

if [ -n "$(list_missing)" ]; then
    if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-deb >/dev/null 2>&1; then
        say_missing 'this system has no apt: the real parts cannot be unpacked'
        npm_parts
        exit 0
    fi
    if [ -z "$(keyring)" ] || [ -z "$(mirror_candidates)" ]; then
        say_missing 'apt has no Debian archive here (its main archive and the package debian-archive-keyring are needed)'
        npm_parts
        exit 0
    fi
    triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || gcc -print-multiarch 2>/dev/null || printf '%s-linux-gnu' "$(uname -m)")
    mapfile -t suites < <(parts | cut -d'|' -f3 | while read -r s; do suite_of "$s"; echo; done | sort -u)
    write_apt_conf
    if ! update_lists; then
        tail -n 5 "$apt/update.log" >&2
        say_missing "the machine's Debian archive cannot be reached"
        npm_parts
        exit 0
    fi
    failed=()
    while IFS='|' read -r part package suite expected entries tests; do
        complete "$part" "$package" "$suite" "$entries" && continue
        fetch "$part" "$package" "$suite" "$expected" "$entries" </dev/null || failed+=("$part")
    done < <(parts)
    write_manifest
    rm -rf "$root/.work" "$apt/lists" "$apt/cache"
    if [ ${#failed[@]} -gt 0 ]; then
        say_missing 'not every part could be unpacked' >&2
        die "failed: ${failed[*]}"
    fi
fi
npm_parts
say "complete: $root ($(grep -vc '^#' "$root/manifest.txt") packages, see manifest.txt)"
