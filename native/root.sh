# What scripts share that run tests in a root of another system, which each makes once under target/: sourced by them
# first of all. Whoever sources it runs in the project's folder, in a mount namespace of its own, so that mounts end
# with it.
set -euo pipefail
[ -n "${IN_NAMESPACE:-}" ] || exec env IN_NAMESPACE=1 unshare --mount "$0" "$@"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
project=$PWD
repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}
# JAVA_HOME, else the newest JDK that is installed: 22 or later.
java_home=${JAVA_HOME:-$(grep -H '^JAVA_VERSION=' /usr/lib/jvm/*/release | tr -d '"' | sort -t= -k2 -V | tail -1 \
    | sed 's,/release:.*,,')}
java_home=$(readlink -f "$java_home")

# find_classpath: sets classpath to what core's tests need. Maven, which compiles what has changed before it answers, is
# asked again only where a POM has changed.
find_classpath() {
    local file=$project/target/test-classpath
    if [ ! -f "$file" ] || [ -n "$(find pom.xml src/core/pom.xml -newer "$file")" ]; then
        mvn -q -B -pl src/core -am generate-test-resources dependency:build-classpath \
            -Dmdep.outputFile="$file" -Dmdep.includeScope=test
    fi
    classpath=$project/src/core/target/test-classes:$project/src/core/target/classes:$(cat "$file")
}

# furnish ROOT: what the kernel tells of processors and memory, the project, the JDK and the libraries.
furnish() {
    local place
    mkdir -p "$1/proc" "$1/sys"
    mount -t proc proc "$1/proc"
    mount -t sysfs sysfs "$1/sys"
    for place in "$project" "$java_home" "$repository"; do
        mkdir -p "$1$place"
        mount --bind "$place" "$1$place"
    done
}

# run_java ROOT [what env and timeout take ...] -- [what java takes besides the class path ...]
run_java() {
    local root=$1 before=()
    shift
    while [ "$1" != -- ]; do
        before+=("$1")
        shift
    done
    shift
    chroot "$root" env HOME=/root "${before[@]}" "$java_home/bin/java" --enable-native-access=ALL-UNNAMED \
        -Dthalweg.test.root="$project" -cp "$classpath" "$@"
}

launcher=(org.junit.platform.console.ConsoleLauncher execute --disable-banner)
