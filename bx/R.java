package org.reservoir.bench;
public class R { public static void main(String[] a) throws Exception {
 var l = new java.util.ArrayList<>(java.util.List.of(a)); var n = l.removeFirst(); var r = new Report(n, false, System.out);
 switch (n) { case "trace" -> org.reservoir.bench.placement.Trace.run(l, r); case "replan" -> org.reservoir.bench.placement.Replanning.run(l, r); case "optimal" -> org.reservoir.bench.placement.Optimal.run(l, r); case "roadef" -> org.reservoir.bench.placement.Roadef.run(l, r); }
 System.exit(0); } }
