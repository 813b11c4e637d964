# SPDX-License-Identifier: Apache-2.0
# A Slurm cluster of two nodes on this host, for tests; sourced. Everything is in one folder; ports
# are free ones above 16000.
#
#   cluster_start FOLDER   returns 1 (and says why) if Slurm is not here or does not start
#   cluster_stop           ends what was started
#   node_stop N / node_start N   end one slurmd with its tasks (SIGKILL) / start it

free_port() {
  python3 - <<'END'
import random, socket
while True:
    port = random.randrange(20000, 30000)
    with socket.socket() as s:
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            continue
    print(port)
    break
END
}

cluster_configure() {
  local host n
  host=$(hostname)
  cat >"$cluster/slurm.conf" <<END
ClusterName=loopback
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port)
AuthType=auth/munge
AuthInfo=socket=$cluster/munge.socket
CredType=cred/munge
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool-%n
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd-%n.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,bf_interval=1
ReturnToService=2
SlurmdTimeout=10
JobRequeue=1
MpiDefault=none
MailProg=/bin/true
END
  for n in 1 2; do
    echo "NodeName=n$n NodeAddr=127.0.0.1 NodeHostname=$host Port=$(free_port) CPUs=1" \
      >>"$cluster/slurm.conf"
    mkdir -p "$cluster/spool-n$n"
  done
  echo "PartitionName=all Nodes=n1,n2 Default=YES State=UP" >>"$cluster/slurm.conf"
}

cluster_munge() {
  head -c 1024 /dev/urandom >"$cluster/munge.key"
  chmod 400 "$cluster/munge.key"
  munged --key-file="$cluster/munge.key" --socket="$cluster/munge.socket" --force \
    --pid-file="$cluster/munge.pid" --log-file="$cluster/munge.log" \
    --seed-file="$cluster/munge.seed" >/dev/null 2>&1
}

node_start() {
  setsid slurmd -D -N "n$1" -f "$cluster/slurm.conf" >/dev/null 2>&1 9>&- &
  eval "slurmd_$1=\$!"
}

# With everything that runs on it, as a node that loses its power. Tasks have the variables of the
# node and of this cluster; their slurmstepd is their parent.
node_stop() {
  local daemon pid parent
  eval "daemon=\${slurmd_$1:-}"
  [ -z "$daemon" ] || kill -KILL "$daemon" 2>/dev/null || true
  for pid in $(tasks_of_node "$1"); do
    parent=$(awk '{ print $4 }' "/proc/$pid/stat" 2>/dev/null || true)
    if [ -n "$parent" ] && grep -qa '^slurmstepd' "/proc/$parent/cmdline" 2>/dev/null; then
      kill -KILL "$parent" 2>/dev/null || true
    fi
    kill -KILL "$pid" 2>/dev/null || true
  done
  eval "slurmd_$1="
}

tasks_of_node() {
  local file
  for file in $(grep -lszxF "TANDEM_CLUSTER=$cluster" /proc/[0-9]*/environ); do
    if grep -qszxF "SLURMD_NODENAME=n$1" "$file"; then
      file=${file%/environ}
      echo "${file#/proc/}"
    fi
  done
}

cluster_start() {
  cluster=$1
  mkdir -p "$cluster/state"
  chmod 755 "$cluster"
  for tool in munged slurmctld slurmd sbatch squeue scancel; do
    PATH=$PATH:/usr/sbin command -v $tool >/dev/null || { echo "$tool is not installed"; return 1; }
  done
  PATH=$PATH:/usr/sbin
  cluster_configure
  cluster_munge || { echo "munged does not start: $(tail -n 1 "$cluster/munge.log")"; return 1; }
  export SLURM_CONF=$cluster/slurm.conf TANDEM_CLUSTER=$cluster
  setsid slurmctld -D -f "$cluster/slurm.conf" >/dev/null 2>&1 9>&- &
  controller=$!
  node_start 1
  node_start 2
  for _ in $(seq 150); do
    [ "$(sinfo -h -N -o %T 2>/dev/null | grep -c idle)" != 2 ] || return 0
    sleep 0.1
  done
  echo "slurmctld does not bring up two nodes: $(tail -n 3 "$cluster/slurmctld.log")"
  return 1
}

cluster_stop() {
  [ -n "${cluster:-}" ] || return 0
  [ -z "${controller:-}" ] || scancel --user="$(id -un)" 2>/dev/null || true
  node_stop 1
  node_stop 2
  [ -z "${controller:-}" ] || kill -KILL "$controller" 2>/dev/null || true
  [ ! -s "$cluster/munge.pid" ] || kill "$(cat "$cluster/munge.pid")" 2>/dev/null || true
  wait 2>/dev/null || true
}
