package org.reservoir.placement.roadef;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reservoir.kernel.Refused;

/** What is wrong with a file is told in one sentence, with its name and the line. */
class InstanceTest {
    /** The example of the statement's section 2.1. */
    static final String EXAMPLE = """
            2  1 100  0 10
            4  0 0 30 400 16 80 0 1 4 5  0 0 10 240 8 160 1 0 3 4  1 1 15 100 12 80 4 3 0 2  1 2 10 100 8 80 5 4 2 0
            2  2 0  1 1 0
            3  0 12 10 1000  0 10 20 100  1 6 200 1
            1  0 1 20 10
            1 10 100""";

    private final Instance example = Instance.parse("model_x", EXAMPLE);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2  1 100  0 10       | 0  1 100  0 10       | line 1: the number of resources cannot be 0, there may be 1 to 20
            2  1 100  0 10       | 99                   | line 1: the number of resources cannot be 99
            2  1 100             | 2  2 100             | line 1: whether a resource is transient cannot be 2, it must be below 2
            2  1 100             | 2  1 -100            | line 1: the weight of a load cost cannot be '-100', it must be a whole number from 0 to 2147483647
            30 400 16            | 30 4.5 16            | line 2: the capacity of a machine cannot be '4.5'
            0 1 4 5  0           | 0 1 4 2147483648  0  | line 2: the cost of a move between machines cannot be '2147483648'
            0 1 4 5  0           | 0 1 99999999999999999999999 5  0 | line 2: the cost of a move between machines cannot be '99999999999999999999…'
            2  2 0  1 1 0        | 2  2 0  1 1 2        | line 3: a service that another depends on cannot be 2, it must be below 2
            2  2 0  1 1 0        | 2  2 0  1 2 0        | line 4: a service that another depends on cannot be 3, it must be below 2
            3  0 12              | 3  2 12              | line 4: the service of a process cannot be 2, it must be below 2
            3  0 12              | 4  0 12              | line 6: the resource of a balance cost cannot be 10, it must be below 2
            3  0 12              | 2  0 12              | line 4: the resource of a balance cost cannot be 6, it must be below 2
            1  0 1 20            | 1  0 2 20            | line 5: the resource of a balance cost cannot be 2, it must be below 2
            1  0 1 20            | 11  0 1 20           | line 5: the number of balance costs cannot be 11
            1 10 100             | 1 10                 | line 6: the file ends after 72 numbers; the next would be the weight of moves between machines
            1 10 100             | 1 10 100 7 and more  | line 6: '7' stands after the last number, which is number 73
            1 10 100             | 1 ten 100            | line 6: the weight of moving services cannot be 'ten'
            0 1 20 10            | 0 1 2147483647 2147483647 | line 6: with weights and sizes like these a cost may be
            """)
    void whatIsWrongWithAnInstanceIsToldWithItsLine(String right, String wrong, String told) {
        assertThat(EXAMPLE).contains(right);
        assertIsRefused(() -> Instance.parse("model_x", EXAMPLE.replace(right, wrong)), "model_x, " + told);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''      | line 1: the file ends after 0 numbers; the next would be the machine of a process
            0 3     | line 1: the file ends after 2 numbers
            0 3 4   | line 1: the machine of a process cannot be 4, it must be below 4
            0 -3 0  | line 1: the machine of a process cannot be '-3'
            0 3 0 1 | line 1: '1' stands after the last number, which is number 3
            """)
    void whatIsWrongWithAnAssignmentIsToldWithItsLine(String text, String told) {
        assertIsRefused(() -> example.assignment("assignment_x", text), "assignment_x, " + told);
    }

    @Test
    void aFileThatEndsTooSoonIsRefusedWhereverItEnds() {
        var words = EXAMPLE.split("\\s+");
        IntStream.range(0, words.length).mapToObj(count -> String.join("\n", Arrays.copyOf(words, count)))
                .forEach(part -> assertIsRefused(() -> Instance.parse("model_x", part), "the file ends after"));
    }

    @Test
    void whereLinesEndDoesNotMatter() {
        assertThat(Instance.parse("model_x", EXAMPLE.replace("\n", "\r\n") + "\r\n\r\n").lowerBound()).isEqualTo(example.lowerBound());
        assertThat(example.assignment("assignment_x", "\r\n0\t3\r\n0\r\n")).containsExactly(0, 3, 0);
        assertIsRefused(() -> Instance.parse("model_x", EXAMPLE.replace("\n", "\r\n") + "\r\nx"), "model_x, line 7: 'x' stands after");
    }

    private static void assertIsRefused(ThrowingCallable reading, String told) {
        assertThatThrownBy(reading).isInstanceOf(Refused.class).hasMessageContaining(told);
    }
}
