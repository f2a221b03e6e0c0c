/**
 * Lattice's control plane: what sources should do, and who may make them do it from where. A process that has probes has one
 * {@link org.reservoir.monitoring.plane.Station}: it owns the process's {@link org.reservoir.monitoring.probe.DataSource} and its
 * {@link org.reservoir.monitoring.plane.Kinds}, and does what it is ordered.
 *
 * <pre>{@code
 * var kinds = new Kinds();
 * kinds.offer(new HostCpu(), "built in");                               // any ProbeKind; withdrawn again by kinds.withdraw
 * var station = new Station(new SourceId(random), "server-1", kinds, Station.Ports.NONE, nowMillis);
 * station.source().subscribe(Interest.ALL, collector);                  // or Order.Subscribe, to a place that Ports knows
 * station.apply(new Order.Add(Wanted.of("hosts.host-2.cpu", "host.cpu", Subject.of(host), ProbeSettings.every(second))), "site");
 * station.apply(new Order.Rate(Selection.prefix("hosts."), Duration.ofSeconds(5)), "user-1");
 * station.turn(nowMillis, wallMillis);                                  // every 10 ms
 * }</pre>
 *
 * <p>Orders and answers are records, the same whether the station is in this process or behind a wire: both are a {@link
 * org.reservoir.monitoring.plane.Controlled}. Names of probes are unique within a station. What a stream measured and what became
 * of it is told by the source itself ({@link org.reservoir.monitoring.probe.Registry}); each order and its answer go to the
 * station's {@link org.reservoir.monitoring.plane.Audit}.
 *
 * <p>Read first: {@link org.reservoir.monitoring.plane.Order}, {@link org.reservoir.monitoring.plane.Station}.
 */
package org.reservoir.monitoring.plane;
