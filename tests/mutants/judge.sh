# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by run.sh: one mutant planted, built, run and judged. Expects root, work, scratch and
# tandem.

run_limit=300   # seconds for one run, the build of its DUT included
build_limit=300 # seconds for one build of the C sources

header() { # FILE KEY
  sed -n -e '/^--- /q' -e "s/^$2: *//p" "$1"
}

by() { # FILE
  local opinion
  opinion=$(header "$1" By)
  echo "${opinion:-run}"
}

number() { # FILE
  local base=${1##*/}
  echo "${base%%-*}"
}

# --- who is asked ----------------------------------------------------------------------

# A tree from which tandem builds DUTs (TANDEM_HOME). Objects are shared: their names hold a hash of
# everything that they are made of.
make_home() { # FOLDER
  mkdir -p "$1"/{verif,model,build}
  cp -R "$root/rtl" "$root/tb" "$1"
  cp -R "$root"/verif/{sva,include} "$1/verif"
  cp -R "$root/model/include" "$1/model"
  ln -sfn "$root/build/dut" "$1/build/dut"
  build_fast "$1"
}

# A mutant's DUT runs once, and not for long: most of its cost is its compilation.
build_fast() { # TREE
  # shellcheck disable=SC2016
  sed -i 's/^optimize=\${TANDEM_DUT_OPTIMIZE:--O3}$/optimize=${TANDEM_DUT_OPTIMIZE:--O1}/' "$1/tb/build_dut.sh"
  grep -qxF 'optimize=${TANDEM_DUT_OPTIMIZE:--O1}' "$1/tb/build_dut.sh"
}

ask_run() { # TREE PROGRAMS ARGUMENT...
  local home=$1 program=$2/tandem
  shift 2
  TANDEM_HOME=$home "$program" run --quiet --set check.watchdog=20000 "$@"
}

ask_vectors() { # TREE PROGRAMS ARGUMENT...
  local home=$1 program=$2/tandem
  shift 2
  TANDEM_HOME=$home "$program" vectors --max-errors 1 "$@"
}

ask_qemu() { # TREE PROGRAMS ARGUMENT...
  local program=$2/qemu_oracle
  shift 2
  QEMU_ORACLE=$program "$root/tests/qemu/run.sh" "$@"
}

ask_formal() { # TREE PROGRAMS JOB...
  local home=$1
  shift 2
  "$root/tests/formal/prove.sh" --rtl "$home/rtl" "$@"
}

# In a folder of the repository; swap files and all output stay in build/mutants.
ask() { # BY TREE PROGRAMS RUN LOG
  local arguments
  read -ra arguments <<<"$4"
  export -f ask_run ask_vectors ask_qemu ask_formal
  export root
  (cd "$root" && TMPDIR=$scratch timeout -k 5 "$run_limit" \
    bash -c '"$@"' - "ask_$1" "$2" "$3" "${arguments[@]}") >"$5" 2>&1 </dev/null
}

# --- what it said first ----------------------------------------------------------------

# The check's name, or the swap oracle's sentence up to its colon.
named_by_run() { # LOG
  awk '/^--- MISMATCH: /{sub(/^--- MISMATCH: /, ""); print $1; named = 1; exit}
       check{line = $0; check = 0} /^--- FAILED CHECK /{check = 1}
       END{if (!named) {sub(/:.*/, "", line); print line}}' "$1"
}

# What differs, or the check with which RTL and timed model disagree.
named_by_vectors() { # LOG
  awk '/^--- MISMATCH: /{sub(/^--- MISMATCH: /, ""); print $1; exit}
       /^  differ /{sub(/^  differ +/, ""); print; exit}' "$1"
}

# How model and QEMU end; "no exception" twice: datum or updates differ.
named_by_qemu() { # LOG
  awk '/^  the model |^  QEMU /{
         match($0, /cause [0-9]+|no exception/)
         end = substr($0, RSTART, RLENGTH)
         if ($1 == "QEMU") {print "model " model ", QEMU " end; exit}
         model = end
       }' "$1"
}

# The first property that is not proved.
named_by_formal() { # LOG
  awk 'NF > 1 && $(NF - 1) == "VIOLATED"{print $1; exit}' "$1"
}

detected_at() { # LOG
  awk '/^--- MISMATCH: /{sub(/.* in cycle /, ""); print $1; exit}
       /^  simulated /{gsub(/,/, "", $2); cycle = $2} /^FAILED/{print cycle; exit}
       /^FAILED .*:[0-9]+, /{sub(/.*:/, ""); sub(/,.*/, ""); print "line " $0; exit}' "$1"
}

# --- one mutant --------------------------------------------------------------------------

# Write the mutant's result: observed, cycle, seconds, verdict, separated by tabs.
result() { # FILE OBSERVED CYCLE SECONDS VERDICT
  printf '%s\t%s\t%s\t%s\n' "${2:-nothing}" "${3:--}" "$4" "$5" >"$scratch/$(number "$1")"
}

judge() { # FILE TREE PROGRAMS STARTED
  local file=$1 log observed cycle verdict status=0 opinion
  log=$work/logs/$(number "$file").log
  opinion=$(by "$file")
  ask "$opinion" "$2" "$3" "$(header "$file" Run)" "$log" || status=$?
  case $status in
    1)
      observed=$("named_by_$opinion" "$log") cycle=$(detected_at "$log")
      verdict='caught by another check'
      ! grep -qEx -- "$(header "$file" Check)" <<<"$observed" || verdict=caught
      ;;
    0) observed=nothing cycle=- verdict=SURVIVED ;;
    2) observed='exit status 2' cycle=- verdict=BROKEN ;;
    124 | 137) observed="no end in $run_limit s" cycle=- verdict='NOT CAUGHT' ;;
    *) observed="exit status $status" cycle=- verdict='NOT CAUGHT' ;;
  esac
  result "$file" "$observed" "$cycle" "$((SECONDS - $4))" "$verdict"
}

# Plant the patch in a copy of the files that it names. "Properties: no": the DUT is built without
# the properties of verif/sva, which would be first to name the bug.
plant() { # FILE FOLDER LOG
  patch -p1 -s -F1 -r - --no-backup-if-mismatch -d "$2" <"$1" >"$3" 2>&1 || return
  [ "$(header "$1" Properties)" != no ] || : >"$2/verif/sva/sva.f"
}

judge_rtl() { # FILE
  local file=$1 started=$SECONDS copy
  copy=$(mktemp -d "$scratch/rtl.XXXXXX")
  make_home "$copy"
  if plant "$file" "$copy" "$work/logs/$(number "$file").log"; then
    judge "$file" "$copy" "${tandem%/*}" "$started"
  else
    result "$file" 'patch does not apply' - - BROKEN
  fi
}

# The other mutants share one tree, which is built again file by file. What a patch changed is
# copied back with a new date, so that the next build sees it.
judge_c() { # FILE...
  local file path started log target
  for file in "$@"; do
    started=$SECONDS
    log=$work/logs/$(number "$file").log
    target=tandem
    [ "$(by "$file")" != qemu ] || target=qemu_oracle
    if ! plant "$file" "$work/src" "$log"; then
      result "$file" 'patch does not apply' - - BROKEN
    elif ! timeout -k 5 "$build_limit" ninja -C "$work/c" $target >"$log" 2>&1 </dev/null; then
      result "$file" 'does not build' - - BROKEN
    else
      judge "$file" "$work/src" "$work/c/bin" "$started"
    fi
    while read -r path; do
      cp "$root/$path" "$work/src/$path"
    done < <(sed -n 's:^+++ b/::p' "$file"; echo verif/sva/sva.f)
  done
}

# Bring that tree to the state of the real one; only what differs gets a new date.
prepare_c() { # TARGET...
  local path
  mkdir -p "$work/src/build"
  ln -sfn "$root/build/dut" "$work/src/build/dut"
  while read -r path; do
    cmp -s "$root/$path" "$work/src/$path" && continue
    mkdir -p "$work/src/${path%/*}"
    cp "$root/$path" "$work/src/$path" || return
  done < <(cd "$root" && find ./CMakeLists.txt cmake model verif sim tests/qemu rtl tb -type f)
  build_fast "$work/src" || return
  local folders='model;verif;sim;tests/qemu'
  grep -qsx "TANDEM_FOLDERS:STRING=$folders" "$work/c/CMakeCache.txt" && [ -f "$work/c/build.ninja" ] ||
    cmake -S "$work/src" -B "$work/c" -G Ninja "-DTANDEM_FOLDERS=$folders" \
      -DTANDEM_WERROR=OFF -DCMAKE_BUILD_TYPE=Release '-DCMAKE_C_FLAGS_RELEASE=-O1 -DNDEBUG' ||
    return
  timeout -k 5 "$build_limit" ninja -C "$work/c" "$@"
}

# Without a mutant nothing may be found.
judge_clean() { # INDEX BY RUN...
  local index=$1 opinion=$2
  shift 2
  ask "$opinion" "$root" "${tandem%/*}" "$*" "$work/logs/clean-$index.log" ||
    echo "$opinion $*" >"$scratch/alarm-$index"
}
