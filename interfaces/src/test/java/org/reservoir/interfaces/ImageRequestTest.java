package org.reservoir.interfaces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.kernel.Refused;

class ImageRequestTest {
    @ParameterizedTest
    @CsvSource({"file:///srv/a%20b.qcow2, /srv/a b.qcow2", "file:/srv/a.img, /srv/a.img", "FILE:///srv/a.img, /srv/a.img", "/srv/a.img, /srv/a.img",
            "http://images.example/a.img, http://images.example/a.img"})
    void theAddressOfAFileIsItsPath(String source, String meant) {
        assertThat(request(source).source()).contains(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"file://elsewhere/srv/a.img", "file:a.img", "file:///a?b", "file:", "file:///%zz"})
    void whatIsNoFilesAddressIsRefused(String source) {
        assertThatThrownBy(() -> request(source)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("IMAGE_SOURCE_NOT_ALLOWED"));
    }

    private static ImageRequest request(String source) {
        return new ImageRequest("debian", Image.Kind.DISK, Optional.of(source), Optional.empty(), Optional.empty(), false);
    }
}
