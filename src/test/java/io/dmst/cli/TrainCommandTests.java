package io.dmst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class TrainCommandTests {

    @TempDir private Path directory = Path.of("");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--freeze stem|would keep random weights: give a trained model with --from|1",
                "--model dmst-lite2-p16 --freeze blocks|would keep random weights|1",
                "--model resnet-50|known are|1",
                "--from dmst-cifar10 --model dmst-lite2-p16|--from brings its own network|1",
                "--set stem_stages=[5|is not a list as in JSON|1",
                "--until soon|expected a time such as 2h30m|2",
                "--threads 0|--threads must be at least 1|1",
            })
    void whatCannotBeTrainedIsRefusedInOneSentence(String options, String expected, int status) {
        StringWriter err = new StringWriter();
        CommandLine line = Dmst.commandLine();
        line.setErr(new PrintWriter(err));
        String[] arguments =
                ("train --data " + directory + " --out " + directory.resolve("out") + " " + options)
                        .split(" ");
        assertThat(line.execute(arguments)).isEqualTo(status);
        assertThat(err.toString()).contains(expected).doesNotContain("\tat ");
    }

    @Test
    void theHelpPageHasEveryGroupAndAnExample() {
        StringWriter out = new StringWriter();
        CommandLine line = Dmst.commandLine();
        line.setOut(new PrintWriter(out));
        assertThat(line.execute("train", "--help")).isZero();
        assertThat(out.toString())
                .contains("Network and start:", "Images (default):", "Optimisation (default):")
                .contains("Teacher (default):", "Examples:", "--from=DIR|NAME", "--until=TIME");
    }
}
