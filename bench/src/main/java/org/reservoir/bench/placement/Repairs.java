package org.reservoir.bench.placement; public class Repairs { public static void run(java.util.List<String> a, org.reservoir.bench.Report r) throws Exception {} }
