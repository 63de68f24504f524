/** What a process has used so far, from Linux's /proc. */
import { readFileSync } from "node:fs";

/** Clock ticks per second, as every Linux of today has them (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/** Processor time of a process, user and system, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name of the program, in brackets, may hold spaces: what is counted begins behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory of a process, in bytes. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** The share of one core that a process takes while something goes on, from 0 to 1. */
export async function cpuShareDuring(pid: number, work: () => Promise<unknown>): Promise<number> {
  const cpuBefore = cpuSeconds(pid);
  const startedAtMs = performance.now();
  await work();
  return ((cpuSeconds(pid) - cpuBefore) * 1000) / (performance.now() - startedAtMs);
}

/** Processor time that all cores spent on anything since the machine was started, in seconds. */
export function machineCpuSeconds(): number {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n", 1);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number);
  // Stolen time is a neighbour's on the same hardware: as good as busy.
  return (user + nice + system + irq + softIrq + steal) / TICKS_PER_SECOND;
}
