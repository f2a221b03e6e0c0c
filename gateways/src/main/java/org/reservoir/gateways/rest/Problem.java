package org.reservoir.gateways.rest;

import java.util.Locale;

import org.reservoir.kernel.Refused;

/**
 * A refusal as an RFC 9457 problem document ({@code application/problem+json}).
 *
 * @param type     {@code urn:reservoir:problem:CODE}
 * @param title    the sort of problem, in words
 * @param detail   what is wrong, with the values
 * @param code     stable, such as {@code VEE_NOT_FOUND}
 * @param advice   what to do about it; may be empty
 * @param instance the path asked for, or of a defect {@code urn:reservoir:incident:N}, under which the site's log tells more
 */
record Problem(String type, String title, int status, String detail, String code, String advice, String instance) {
    static final String MEDIA_TYPE = "application/problem+json";

    static Problem of(Refused refused, String path) {
        var status = status(refused);
        return new Problem(type(refused.code()), title(status), status, refused.getMessage(), refused.code(), refused.advice(), path);
    }

    /** A defect of the site: nothing of its inside is told. */
    static Problem defect(String incident) {
        return new Problem(type("INTERNAL"), title(500), 500, "The site failed to answer.", "INTERNAL",
                "Try again; if it fails again, give the incident to the site's administrator.", "urn:reservoir:incident:" + incident);
    }

    private static String type(String code) {
        return "urn:reservoir:problem:" + code.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Used-up quotas and pools are 507; 429 is for those who only ask too often, since clients repeat such requests by themselves. */
    static int status(Refused refused) {
        return switch (refused.kind()) {
            case INVALID -> switch (refused.code()) {
                case "METHOD_NOT_ALLOWED" -> 405;
                case "NOT_ACCEPTABLE" -> 406;
                case "TOO_SLOW" -> 408;
                case "UNSUPPORTED_MEDIA_TYPE" -> 415;
                default -> 400;
            };
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case NOT_FOUND -> 404;
            case CONFLICT -> refused.code().equals("PRECONDITION_FAILED") ? 412 : 409;
            case TOO_LARGE -> 413;
            case EXHAUSTED -> refused.code().startsWith("TOO_MANY_") || refused.code().equals("TOO_FAST") ? 429 : 507;
            case UNAVAILABLE -> 503;
        };
    }

    static String title(int status) {
        return switch (status) {
            case 400 -> "Not a valid request";
            case 401 -> "Not authenticated";
            case 403 -> "Not allowed";
            case 404 -> "Not found";
            case 405 -> "Method not allowed";
            case 406 -> "Not acceptable";
            case 408 -> "Too slow";
            case 409 -> "In conflict with the present state";
            case 412 -> "Changed meanwhile";
            case 413 -> "Too large";
            case 414 -> "Address too long";
            case 415 -> "Unsupported media type";
            case 429 -> "Too many requests";
            case 431 -> "Head too large";
            case 503 -> "Not available now";
            case 507 -> "Quota or pool used up";
            default -> "Failed";
        };
    }
}
