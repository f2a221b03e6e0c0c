/**
 * The composition root: builds a site from its rooms, in the order of the flow, by hand. It decides nothing.
 * It may call every room; nobody calls it but {@code testbed} and {@code bench}.
 * Read first: {@link org.reservoir.site.Site}, {@link org.reservoir.site.Settings}, {@link org.reservoir.site.Main}.
 */
package org.reservoir.site;
