package org.reservoir.bench.placement; class OneDrs { }
