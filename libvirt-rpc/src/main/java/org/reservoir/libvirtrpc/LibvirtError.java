package org.reservoir.libvirtrpc;

import java.util.regex.Pattern;

/** What libvirtd answers instead of a result: its code (virErrorNumber), the part of it that says so (virErrorDomain) and its words. */
public final class LibvirtError extends LibvirtFailure {
    public static final int INTERNAL_ERROR = 1;
    public static final int NO_MEMORY = 2;
    public static final int NO_SUPPORT = 3;
    public static final int NO_DOMAIN = 42;
    public static final int NO_NETWORK = 43;
    public static final int NO_STORAGE_POOL = 49;
    public static final int NO_STORAGE_VOL = 50;
    public static final int OPERATION_INVALID = 55;
    public static final int NO_NWFILTER = 62;
    public static final int CONFIG_UNSUPPORTED = 67;
    public static final int OPERATION_TIMEOUT = 68;
    public static final int NO_DOMAIN_SNAPSHOT = 72;
    public static final int ARGUMENT_UNSUPPORTED = 74;
    public static final int NO_DOMAIN_METADATA = 80;
    public static final int OPERATION_UNSUPPORTED = 84;
    public static final int AGENT_UNRESPONSIVE = 86;
    public static final int RESOURCE_BUSY = 87;
    public static final int STORAGE_VOL_EXIST = 90;
    public static final int AGENT_UNSYNCED = 97;

    /** libcurl's names for it and their numbers: no name, no connection, no answer in time, none at all, and one that broke off. */
    private static final Pattern FROM_AFAR = Pattern.compile("curl_easy_perform\\(\\) returned an error: [^(]*\\((5|6|7|28|52|55|56)\\)");

    private final int code;
    private final int area;

    public LibvirtError(int code, int area, String message) {
        super(message, null);
        this.code = code;
        this.area = area;
    }

    public int code() {
        return code;
    }

    public int area() {
        return area;
    }

    /** Whether a driver in libvirtd, to which the host is as far away as we are from libvirtd (ESX, vCenter), did not reach it. */
    public boolean tellsOfNoAnswer() {
        return FROM_AFAR.matcher(String.valueOf(getMessage())).find();
    }
}
