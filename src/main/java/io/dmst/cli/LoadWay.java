package io.dmst.cli;

import io.dmst.bench.LoadBench;
import io.dmst.bench.LoadReport;
import io.dmst.bench.Saturation;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How a load is sent: one of three options, as picocli sees to. */
final class LoadWay {

    /**
     * A rate as a user writes it.
     *
     * @param value requests per second, or a multiple
     * @param relative whether it is a multiple of the saturation
     */
    record Rate(double value, boolean relative) {}

    /** {@code 200} or {@code 0.5x}. */
    static final class RateConverter implements ITypeConverter<Rate> {

        private static final Pattern FORM = Pattern.compile("\\d{1,7}(\\.\\d{1,6})?x?");

        @Override
        public Rate convert(String text) {
            boolean relative = text.endsWith("x");
            if (!FORM.matcher(text).matches()) {
                throw new TypeConversionException(
                        "expected requests per second, as in 200, or a multiple of the"
                                + " saturation, as in 0.5x, not '"
                                + text
                                + "'");
            }
            String number = relative ? text.substring(0, text.length() - 1) : text;
            return new Rate(Double.parseDouble(number), relative);
        }
    }

    /**
     * What came of it.
     *
     * @param rate of the open loop; absent for a closed one
     * @param users of the closed loop; absent for an open one
     * @param saturation that was searched before; absent if it was not
     * @param measured numbers
     */
    record Run(
            @Nullable Double rate,
            @Nullable Integer users,
            @Nullable Saturation saturation,
            LoadReport.Measured measured) {}

    @Option(
            names = "--rate",
            paramLabel = "R|Fx",
            converter = RateConverter.class,
            description = "Requests per second, or a multiple of the saturation, as in 0.5x.")
    private @Nullable Rate rate;

    @Option(names = "--concurrency", paramLabel = "N", description = "Requests at a time.")
    private @Nullable Integer concurrency;

    @Option(
            names = "--saturate",
            required = true,
            description = "Search the best throughput, then stay at its concurrency.")
    private boolean saturate;

    Run run(LoadBench bench, Consumer<String> progress) throws InterruptedException {
        if (concurrency != null) {
            return new Run(null, concurrency, null, bench.closed(concurrency));
        }
        if (rate == null) {
            Saturation found = bench.saturation(progress);
            int users = found.concurrency();
            return new Run(null, users, found, bench.closed(users));
        }
        if (!rate.relative()) {
            return new Run(rate.value(), null, null, bench.open(rate.value()));
        }
        Saturation found = bench.saturation(progress);
        double perSecond = rate.value() * found.rate();
        return new Run(perSecond, null, found, bench.open(perSecond));
    }
}
