package org.reservoir.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.statement.ColonPrefixSqlParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reservoir.kernel.testing.Seeded;

class ParametersTest {
    private static final List<String> PIECES = List.of(":id", ":a_2", "::text", ":id::bigint", "'it''s :not'", "\"a :name\"", "/* :no ? */", " ", " ", "\n", "(", ")", ",", "=", ":=", "??", "a", "x1", "<", ">=", "+", "-", "*", "/", "[", "]", "jsonb");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "select 1                                          | select 1                                          | ",
            "select * from vee where id = :id and host = :host | select * from vee where id = ? and host = ?       | id host",
            "select :at::timestamptz, state::text              | select ?::timestamptz, state::text                | at",
            "select note from t where note = \"a:b\" or x=:x   | select note from t where note = \"a:b\" or x=?    | x",
            "select a ?? :key                                  | select a ?? ?                                     | key",
            "select list[1:2], list[:first]                    | select list[1:2], list[?]                         | first",
            "select 1 -- not :this                             | select 1 -- not :this                             | ",
            "select /* nor :this */ :that                      | select /* nor :this */ ?                          | that",
            "select 10 - :less, '' , :more                     | select 10 - ?, '' , ?                             | less more"}, quoteCharacter = '~')
    void parametersAreFoundWhereTheyAreMeant(String sql, String text, String names) {
        var found = Parameters.of(sql);
        assertThat(found.getSql()).isEqualTo(text);
        assertThat(found.getParameters().getParameterNames()).isEqualTo(names == null ? List.of() : List.of(names.split(" ")));
    }

    @Test
    void placesAreCounted() {
        var found = Parameters.of("insert into subnet values (?, ?::cidr, '?')");
        assertThat(found.getSql()).isEqualTo("insert into subnet values (?, ?::cidr, '?')");
        assertThat(found.getParameters().isPositional()).isTrue();
        assertThat(found.getParameters().getParameterCount()).isEqualTo(2);
    }

    /** What both take for a statement; jdbi's also knows the backslash of other databases, and nothing of {@code --}. */
    @Test
    void theyAreThoseThatJdbisParserFinds() {
        var jdbis = new ColonPrefixSqlParser();
        Seeded.forAll(5_000, seed -> {
            var random = Seeded.random(seed);
            var sql = IntStream.range(0, 1 + random.nextInt(20)).mapToObj(_ -> PIECES.get(random.nextInt(PIECES.size())) + " ").collect(Collectors.joining());
            assertThat(Parameters.of(sql)).as(sql).isEqualTo(jdbis.parse(sql, null));
        });
    }
}
