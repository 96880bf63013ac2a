#!/usr/bin/env bash
# Makes the container image upon a Debian 13 root, which is made once under target/, and has a server of its layers
# answer, without an engine: entered by chroot, as the image's user, with nothing that can be written.
# Needs root (chroot), debootstrap, Python and the project built (mvn verify). Ends with 3 where the root cannot be
# made.
. "$(dirname "$0")/../../native/root.sh"
work=$project/target/container
base=$work/base.tar
tar=$project/src/container/target/thalweg-container.tar
image=$work/image
[ -f "$project/src/app/target/thalweg.jar" ] || { echo "there is no program yet: run mvn verify" >&2; exit 1; }

# make_image: makes the image and unpacks it.
make_image() {
    # An image as `docker save` writes it, of one layer.
    if [ ! -f "$base" ]; then
        rm -rf --one-file-system "$work"
        mkdir -p "$work/saved"
        timeout -k 10 1800 debootstrap --variant=minbase trixie "$work/root" \
            || { echo "the base image cannot be made: debootstrap failed" >&2; exit 3; }
        tar -C "$work/root" -cf "$work/saved/layer.tar" --exclude='./dev/*' --exclude='./var/cache/*' .
        digest=$(sha256sum "$work/saved/layer.tar" | cut -d' ' -f1)
        printf '{"architecture":"%s","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
            "$(dpkg --print-architecture)" "$digest" > "$work/saved/config.json"
        echo '[{"Config":"config.json","RepoTags":["base:1"],"Layers":["layer.tar"]}]' > "$work/saved/manifest.json"
        tar -C "$work/saved" -cf "$base.part" manifest.json config.json layer.tar
        rm -rf --one-file-system "$work/root" "$work/saved"
        mv "$base.part" "$base"
    fi

    # Packaged before: only the image is made here.
    mvn -q -B -DskipTests -Dcontainer.base="tar://$base" -pl src/container package

    # What an engine does with it: the layers one upon the other, then the command as the user, to whom all is
    # read-only.
    python3 - "$tar" "$work/image.json" "$image" <<'UNPACK'
import json, shutil, sys, tarfile
file, configuration, root = sys.argv[1:]
shutil.rmtree(root, ignore_errors=True)
with tarfile.open(file) as image:
    def blob(digest):
        return image.extractfile("blobs/" + digest.replace(":", "/"))
    index = json.load(image.extractfile("index.json"))
    manifest = json.load(blob(index["manifests"][0]["digest"]))
    json.dump(json.load(blob(manifest["config"]["digest"])), open(configuration, "w"))
    for layer in manifest["layers"]:
        with tarfile.open(fileobj=blob(layer["digest"]), mode="r:gz") as files:
            # All of it, as an engine does; older Pythons ask nothing.
            files.extraction_filter = lambda member, path: member
            files.extractall(root)
UNPACK
}

if [ "${1:-}" != ask ]; then
    make_image
    # It listens to all addresses, of which this network has none but loopback.
    exec unshare --net "$0" ask
fi
python3 -c 'import fcntl, socket, struct
UP, SIOCSIFFLAGS = 1, 0x8914
fcntl.ioctl(socket.socket(), SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", UP))'

setting() {
    python3 -c 'import json, sys; v = json.load(open(sys.argv[1]))["config"].get(sys.argv[2])
print("\n".join(v) if isinstance(v, list) else v)' "$work/image.json" "$1"
}
[ "$(setting User)" = 65532 ] || { echo "expected user 65532, got $(setting User)" >&2; exit 1; }
mapfile -t command < <(setting Entrypoint; setting Cmd)

models=$work/models/shapes/1
mkdir -p "$models" "$image/models"
cp "$project/src/container/target/rehearsal/model.safetensors" "$models"
mount --bind "$image" "$image"
mount -t proc proc "$image/proc"
mount --bind "$work/models" "$image/models"
mount -o remount,bind,ro "$image/models"
mount -o remount,bind,ro "$image"
# The same program says which oneDNN it loads: the one that lies there unpacked.
program=("${command[@]}")
while [ "${program[-1]}" != serve ]; do unset "program[-1]"; done
unset "program[-1]"
chroot --userspec=65532:65532 "$image" /usr/bin/env -i "${program[@]}" info > "$work/info.log"
grep -q 'Loaded  */opt/thalweg/natives/.*libdnnl' "$work/info.log" \
    || { echo "expected oneDNN as it lies in the image, got:" >&2; cat "$work/info.log" >&2; exit 1; }
# That its archive of classes is used is asked for: without it the JVM would go on, and with -Xshare:on it does not.
chroot --userspec=65532:65532 "$image" /usr/bin/env -i "JAVA_TOOL_OPTIONS=-Xshare:on" "${command[@]}" --port 0 \
    > "$work/server.log" 2>&1 &
server=$!
trap 'kill -KILL $server 2>/dev/null || true' EXIT
fail() {
    echo "$1; the server said:" >&2
    cat "$work/server.log" >&2
    exit 1
}
address=
for _ in $(seq 100); do
    address=$(sed -n 's,^thalweg answers at http://.*:\([0-9]*\)/$,http://localhost:\1,p' "$work/server.log")
    [ -z "$address" ] || break
    kill -0 $server 2>/dev/null || fail "the server ended"
    sleep 0.2
done
# ask PATH [FILE that is posted]
ask() {
    python3 -c 'import sys, urllib.request as web
body = open(sys.argv[2], "rb").read() if len(sys.argv) > 2 else None
print(web.build_opener(web.ProxyHandler({})).open(sys.argv[1], body, 10).read().decode())' "$address$1" "${@:2}"
}
ask /v2/health/ready | grep -q true || fail "expected a server that is ready"
ask /v2/models/shapes | grep -q '"name":"shapes"' || fail "expected the model shapes"
picture=$project/src/site/resources/images/momentum.png
ask "/predict?top=1" "$picture" | grep -q '"probability"' || fail "expected classes of $picture"
ask /metrics | grep -q thalweg_batch_pictures || fail "expected metrics"
kill -TERM $server
status=0
wait $server || status=$?
[ $status = 143 ] || fail "expected 143 after TERM, got $status"
echo "the image $tar serves: $(du -h "$tar" | cut -f1), $(du -sh "$image/opt/thalweg" | cut -f1) upon its base"
