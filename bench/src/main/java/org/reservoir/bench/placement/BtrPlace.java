package org.reservoir.bench.placement; class BtrPlace { }
