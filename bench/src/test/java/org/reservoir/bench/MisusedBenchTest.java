package org.reservoir.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
            placement.leases --hosts             | 2 | --hosts needs a value.
            placement.leases --fast yes x.swf    | 2 | --fast is no option.
            placement.leases --set suspend x.swf | 2 | --set takes section.option=value, not 'suspend'.
            placement.leases none.swf            | 2 | There is no file 'none.swf'.
            placement.roadef --help              | 0 | machine reassignment
            --list                               | 0 | veem.overhead
            """)
    void whatCannotBeMeasuredIsToldInOneSentenceWithWhatToDo(String words, int exit, String told) throws Exception {
        assertThat(said(List.of(words.split(" ")), exit)).contains(told).doesNotContain("Exception");
    }

    private static String said(List<String> words, int exit) throws Exception {
        var said = new ByteArrayOutputStream();
        try (var stream = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            assertThat(Bench.run(words, stream, stream)).isEqualTo(exit);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aLogThatIsNoneIsNamedWithWhatALogIs(@TempDir Path folder) throws Exception {
        var packed = Files.writeString(folder.resolve("packed.zip"), "PK nothing that one can read");
        assertThat(said(List.of("placement.leases", packed.toString()), 2)).contains("packed.zip: Line 1: 6 fields, not 18.", "Each job is a line of 18 numbers", "Unpack what is packed otherwise than by gzip.");
        var misnamed = Files.writeString(folder.resolve("plain.swf.gz"), "; a log");
        assertThat(said(List.of("placement.leases", misnamed.toString()), 2)).contains("plain.swf.gz: what is called .gz is not packed by gzip");
    }
}
