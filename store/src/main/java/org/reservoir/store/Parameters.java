package org.reservoir.store;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jdbi.v3.core.statement.ParsedSql;
import org.jdbi.v3.core.statement.SqlParser;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Finds the parameters of a statement: {@code :name} and {@code ?}, but not in quotes, comments and casts ({@code ::text}), nor in {@code ??}, by which the driver knows the operator. Jdbi's own parsers are lexers
 * whose tables are interpreted; the forty statements of a start cost them a tenth of all of it (decision 276).
 */
final class Parameters implements SqlParser {
    private static final Pattern PARTS = Pattern.compile("'[^']*'|\"[^\"]*\"|--[^\\n]*|/\\*.*?\\*/|::|\\?\\?|:(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<place>\\?)", Pattern.DOTALL);
    /** More than a site has statements. */
    private static final int MOST = 2_000;

    private final Map<String, ParsedSql> parsed = new ConcurrentHashMap<>();

    @Override
    public ParsedSql parse(String sql, StatementContext context) {
        if (parsed.size() > MOST) {
            parsed.clear(); // some are put together anew each time
        }
        return parsed.computeIfAbsent(sql, Parameters::of);
    }

    @Override
    public String nameParameter(String name, StatementContext context) {
        return ":" + name;
    }

    static ParsedSql of(String sql) {
        var found = ParsedSql.builder();
        var part = PARTS.matcher(sql);
        int end = 0;
        while (part.find()) {
            if (part.group("name") != null) {
                found.append(sql.substring(end, part.start())).appendNamedParameter(part.group("name"));
                end = part.end();
            } else if (part.group("place") != null) {
                found.append(sql.substring(end, part.start())).appendPositionalParameter();
                end = part.end();
            }
        }
        return found.append(sql.substring(end)).build();
    }
}
