package org.reservoir.gateways.rest;

import java.io.IOException;
import java.io.OutputStream;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.databind.ObjectWriter;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.Page;

/** Writes answers as JSON, long lists item by item; what is JSON already as it is. */
final class Json {
    private static final ObjectWriter WRITER = Wire.json().writer();

    private Json() {}

    static void write(OutputStream out, Object value) throws IOException {
        try (var generator = WRITER.createGenerator(out)) {
            generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            generator.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
            if (value instanceof Page<?>(var items, var next)) {
                generator.writeStartObject();
                generator.writeArrayFieldStart("items");
                for (var item : items) {
                    write(generator, item);
                }
                generator.writeEndArray();
                if (next.isPresent()) {
                    generator.writeStringField("next", next.get());
                }
                generator.writeEndObject();
            } else {
                write(generator, value);
            }
        }
    }

    private static void write(JsonGenerator generator, Object value) throws IOException {
        if (value instanceof SerializableString json) {
            generator.writeRawValue(json);
        } else {
            WRITER.writeValue(generator, value);
        }
    }
}
