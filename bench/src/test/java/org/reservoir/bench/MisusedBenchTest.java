package org.reservoir.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who asks for what there is not is told what there is. */
class MisusedBenchTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            placement.nothing                    | 2 | There is no bench called 'placement.nothing'.
            placement.roadef                     | 2 | No instance is named.
            placement.roadef --seconds           | 2 | --seconds needs a value.
            placement.roadef --seconds x model   | 2 | A number is wanted.
            placement.roadef model_none.txt      | 2 | There is no file 'model_none.txt'.
            placement.roadef --threads 0 model   | 2 | --threads cannot be 0, there may be 1 to 256.
            placement.roadef --cpu -1 model      | 2 | --cpu cannot be -1, it must be more than 0
            placement.roadef --cpu NaN model     | 2 | --cpu cannot be NaN
            placement.roadef --fast yes model    | 2 | --fast is no option.
            placement.roadef .                   | 2 | . is no file that can be read.
            placement.first many                 | 2 | A number is wanted.
            placement.roadef --help              | 0 | machine reassignment
            --list                               | 0 | veem.overhead
            """)
    void whatCannotBeMeasuredIsToldInOneSentenceWithWhatToDo(String words, int exit, String told) throws Exception {
        var said = new ByteArrayOutputStream();
        try (var stream = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            assertThat(Bench.run(List.of(words.split(" ")), stream, stream)).isEqualTo(exit);
        }
        assertThat(said.toString(StandardCharsets.UTF_8)).contains(told).doesNotContain("Exception");
    }
}
