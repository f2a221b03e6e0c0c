package org.reservoir.alarms;

import java.io.IOException;

/** Port: how notices leave the site. */
public interface Post {
    /** @param body JSON; @param signature the value of the header {@code Reservoir-Signature}, empty for none @throws IOException when it was not taken: it is tried again */
    void webhook(String url, String body, String signature) throws IOException, InterruptedException;

    /** @throws IOException when it was not taken: it is tried again */
    void mail(String to, String subject, String text) throws IOException;
}
