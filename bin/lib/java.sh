# shellcheck shell=bash
# Finds a JDK that is new enough, without starting it: the `release` file beside it tells its version.

least_java=25

# java_version HOME : the feature number, or 0 when there is no JDK.
java_version() {
    local line
    java_found=0
    [[ -x $1/bin/java && -x $1/bin/javac && -r $1/release ]] || return 0
    while read -r line; do
        [[ $line =~ ^JAVA_VERSION=\"([0-9]+) ]] && java_found=${BASH_REMATCH[1]}
    done <"$1/release"
    return 0
}

# use_java : exports JAVA_HOME, or ends with the exact way to get a JDK.
use_java() {
    local home given=${JAVA_HOME:-}
    if find_java; then return 0; fi
    if has_apt && apt_knows openjdk-$least_java-jdk-headless; then
        need /usr/lib/jvm/java-$least_java-openjdk-*/bin/javac=openjdk-$least_java-jdk-headless
        find_java && return 0
    fi
    java_missing "$given"
}

find_java() {
    local home on_path
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
        [[ -n $home ]] || continue
        java_version "$home"
        if ((java_found >= least_java)); then
            export JAVA_HOME=$home
            return 0
        fi
    done
    on_path=$(command -v javac || true)
    [[ -n $on_path ]] || return 1
    home=$(dirname "$(dirname "$(readlink -f "$on_path")")")
    java_version "$home"
    ((java_found >= least_java)) || return 1
    export JAVA_HOME=$home
}

java_missing() {
    local at=${1:+ (JAVA_HOME is $1, which is older or no JDK)}
    if has_apt; then
        die "JDK $least_java or newer not found$at." \
            "Set JAVA_HOME to one, or install Eclipse Temurin from its apt repository:" \
            "  sudo apt-get install -y wget gpg" \
            "  wget -qO - https://packages.adoptium.net/artifactory/api/gpg/key/public | sudo gpg --dearmor -o /usr/share/keyrings/adoptium.gpg" \
            "  echo \"deb [signed-by=/usr/share/keyrings/adoptium.gpg] https://packages.adoptium.net/artifactory/deb $(. /etc/os-release && echo "$VERSION_CODENAME") main\" | sudo tee /etc/apt/sources.list.d/adoptium.list" \
            "  sudo apt-get update && sudo apt-get install -y temurin-$least_java-jdk"
    else
        die "JDK $least_java or newer not found$at." "Get one from https://adoptium.net/ and set JAVA_HOME to it."
    fi
}
