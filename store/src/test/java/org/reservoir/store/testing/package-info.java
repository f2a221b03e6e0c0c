/** What other rooms' tests need of the store: a fresh site database in a few milliseconds. */
package org.reservoir.store.testing;
