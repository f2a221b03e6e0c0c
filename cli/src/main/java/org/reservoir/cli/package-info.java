/**
 * The {@code reservoir} command: nouns and verbs over a site's REST interface, and nothing else of the site. A verb is data: its arguments, the
 * request it makes of them, and how the answer is shown. Each run is a new process, so everything is loaded only when it is needed.
 * Read first: {@link org.reservoir.cli.Reservoir}, {@link org.reservoir.cli.Verb}, {@link org.reservoir.cli.VeeNoun}.
 */
package org.reservoir.cli;
