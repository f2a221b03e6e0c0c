# shellcheck shell=bash
# Compiles when sources are newer than the last build, and keeps class paths and AOT caches, so that commands start Java at once.
#   .build/NAME.classpath   class path of a program (jars only: AOT caches accept no class directories)
#   .build/NAME.aot         its AOT cache; absent when it could not be made, which only costs time
#   .build/lib/             the jars
#   .build/cluster/         the files of an empty PostgreSQL, as which a new site's own begins

# Programs: their name, which is that of their Maven module, and main class.
declare -A main_classes=(
    [cli]=org.reservoir.cli.Reservoir
    [site]=org.reservoir.site.Main
    [testbed]=org.reservoir.testbed.demo.Demo
    [bench]=org.reservoir.bench.Bench
    [agent]=org.reservoir.agent.Main
)
programs=(cli site testbed bench agent)
# A heap in pages of 2 MiB, where the kernel gives them: a start touches it for the first time, and each page of 4 KiB would be asked for by itself.
huge_pages=
[[ ! -r /sys/kernel/mm/transparent_hugepage/enabled || $(</sys/kernel/mm/transparent_hugepage/enabled) == *'[never]'* ]] || huge_pages=-XX:+UseTransparentHugePages
# The same for training and for use, or the cache brings nothing.
declare -A java_flags=(
    # Compiling little: not what the training's profiles name, and only what runs three times as often as usual.
    [cli]="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -XX:+UnlockDiagnosticVMOptions -XX:-AOTReplayTraining -XX:CompileThresholdScaling=3
        -XX:ArchiveRelocationMode=0 $huge_pages"
    # Without the replay of the training's profiles, and compiling only what runs three times as often as usual: a start runs most of its code a few hundred
    # times and never again. Its texts are the same whatever the locale; the JDK's data of a thousand locales, which the web server would list, is left out.
    [site]="-XX:+UseCompactObjectHeaders -Djava.locale.providers=SPI $huge_pages -XX:+UnlockDiagnosticVMOptions -XX:-AOTReplayTraining -XX:CompileThresholdScaling=3
        -XX:Tier4InvocationThreshold=25000 -XX:Tier4MinInvocationThreshold=3000 -XX:Tier4CompileThreshold=75000 -XX:Tier4BackEdgeThreshold=200000 --enable-native-access=ALL-UNNAMED"
    [testbed]="--enable-native-access=ALL-UNNAMED"
    # Small before all. With both compilers: sealing frames without the second takes several times as long; it takes callees of 50 bytecodes at most into what
    # it compiles, so that it can do with little memory what runs most, for what it needs more for it leaves to the first; what it gave back the kernel gets again. The heap begins small and grows little at a time, or what starting leaves behind would fill all of it. The archive of the JDK's
    # classes lies where it was made for: moved, its pages would be this process's own.
    [agent]="-XX:+UseSerialGC -XX:+UseCompactObjectHeaders -XX:-UsePerfData -Xms8m -Xmx48m -Xmn2m -Xss256k -XX:ReservedCodeCacheSize=24m -XX:CICompilerCount=2
        -XX:CompileCommand=quiet -XX:CompileCommand=MemLimit,*.*,3M~stop -XX:FreqInlineSize=50 -XX:+UnlockExperimentalVMOptions -XX:TrimNativeHeapInterval=1000
        -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=20"
    [bench]="-XX:+UseCompactObjectHeaders --enable-native-access=ALL-UNNAMED"
)

up_to_date() {
    [[ -f $build_dir/stamp ]] || return 1
    [[ -z $(find "$RESERVOIR_HOME/pom.xml" "$RESERVOIR_HOME"/*/pom.xml "$RESERVOIR_HOME"/*/src/main "$RESERVOIR_HOME/bin/lib" \
        -newer "$build_dir/stamp" -print -quit) ]]
}

build() {
    up_to_date && return 0
    need mvn=maven
    use_java
    mkdir -p "$build_dir"
    [[ -w $build_dir ]] || die "$build_dir belongs to another user, and sources are newer than the last build." "Build as its owner, or: sudo chown -R $(id -un) $build_dir $RESERVOIR_HOME/*/target"
    exec 8>"$build_dir/lock"
    flock -n 8 || { say "• Waiting for another build …"; flock -w 900 8 || die "Another build has run for 15 minutes; see $build_dir/lock."; }
    if ! up_to_date; then
        rm -f "$build_dir/stamp"
        touch "$build_dir/stamp.new"
        step "Compiling Reservoir (the first time also fetches its libraries)" compile
        step "Laying out class paths" lay_out
        train
        mv "$build_dir/stamp.new" "$build_dir/stamp"
    fi
    exec 8>&-
}

maven() { (cd "$RESERVOIR_HOME" && mvn -B -ntp "$@"); }

compile() {
    maven -T1C package -DskipTests dependency:build-classpath -DincludeScope=runtime -Dmdep.outputFile=target/classpath
}

# Copies the jars out of Maven's reach (tests and later builds rewrite target/ while a site runs).
lay_out() {
    local program module jar own copy path
    rm -rf "$build_dir/lib"
    mkdir -p "$build_dir/lib"
    for program in "${programs[@]}"; do
        module=$RESERVOIR_HOME/$program
        own=$(find "$module/target" -maxdepth 1 -name '*.jar' ! -name '*-tests.jar' -print -quit)
        [[ -n $own ]] || { echo "$program has no jar"; return 1; }
        path=''
        while read -r jar; do
            [[ -n $jar ]] || continue
            copy=$build_dir/lib/${jar##*/}
            [[ -e $copy ]] || cp -p "$jar" "$copy"
            path=$path${path:+:}$copy
        done < <({ printf '%s:' "$own"; cat "$module/target/classpath"; } | tr ':' '\n'; echo)
        echo "$path" >"$build_dir/$program.classpath"
    done
    "$JAVA_HOME/bin/java" "$RESERVOIR_HOME/bin/lib/Modernise.java" "$build_dir"/lib/picocli-*.jar # old class files, which AOT caches refuse
}

# AOT caches for what people wait for. Without one a command is slower, never wrong: a failed training is told and passed over.
train() {
    local program
    rm -f "$build_dir"/*.aot
    for program in cli site; do
        case $program in
            cli) train_one cli __train ;;
            site) train_one site warm-up ;;
        esac
    done
}

train_one() {
    local program=$1 log=$log_dir/aot-$1.log
    shift
    mkdir -p "$log_dir"
    say "• Preparing a fast start of $program …"
    # shellcheck disable=SC2086
    if ! timeout 120 "$JAVA_HOME/bin/java" ${java_flags[$program]} "-XX:AOTCacheOutput=$build_dir/$program.aot" \
        "-Dreservoir.model-cluster=$build_dir/cluster" -cp "$(<"$build_dir/$program.classpath")" "${main_classes[$program]}" "$@" >"$log" 2>&1 </dev/null; then
        rm -f "$build_dir/$program.aot"
        say "  it did not work, $program will start more slowly (see $log)"
    fi
}

# java_command NAME [AS] : sets the array `java` to the command line that runs the program, without its arguments; with the flags and the cache of another when that is named.
java_command() {
    local name=$1 as=${2:-$1} class_path more
    read -r class_path <"$build_dir/$as.classpath"
    if [[ $as != "$name" ]]; then
        read -r more <"$build_dir/$name.classpath"
        class_path=$class_path:$more # a cache holds when the class path begins as it did in training
    fi
    # shellcheck disable=SC2206
    java=("$JAVA_HOME/bin/java" ${java_flags[$as]} "-Dreservoir.home=$RESERVOIR_HOME" "-Dreservoir.model-cluster=$build_dir/cluster" "-Dreservoir.runs-as=$as")
    [[ ! -f $build_dir/$as.aot ]] || java+=("-XX:AOTCache=$build_dir/$as.aot" "-Xlog:aot*=error") # what it cannot use of a cache is no news
    # shellcheck disable=SC2206
    java+=(${RESERVOIR_JAVA_OPTS:-} -cp "$class_path" "${main_classes[$name]}")
}
