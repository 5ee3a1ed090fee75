package io.dmst.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time on the command line: {@code 2h30m}, {@code 45m}, {@code 90s} or {@code 1d12h}. */
final class DurationText implements ITypeConverter<Duration> {

    @Override
    public Duration convert(String text) {
        String upper = text.strip().toUpperCase(Locale.ROOT);
        int days = upper.indexOf('D') + 1;
        String rest = upper.substring(days);
        String iso = "P" + upper.substring(0, days) + (rest.isEmpty() ? "" : "T" + rest);
        try {
            Duration time = Duration.parse(iso);
            if (time.isPositive()) {
                return time;
            }
        } catch (DateTimeParseException e) {
            throw refused(text);
        }
        throw refused(text);
    }

    private static TypeConversionException refused(String text) {
        return new TypeConversionException(
                "expected a time such as 2h30m, 45m or 90s, got '" + text + "'");
    }
}
