package adapter.interop.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program under test as a process. */
final class Program implements AutoCloseable {
    /** Tests run in the folder of their module, in Maven as in an editor. */
    private static final Path BINARY =
            Path.of("../../../target/debug/data-adapter").toAbsolutePath().normalize();

    private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+)");

    private final Process process;
    private final String url;

    private Program(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /** Starts it with these arguments and settings, and waits until it listens. */
    static Program start(Map<String, String> settings, String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(BINARY.toString(), "--port", "0").redirectErrorStream(true);
        builder.command().addAll(List.of(arguments));
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("DATA_ADAPTER") || name.equals("RUST_LOG"));
        environment.put("DATA_ADAPTER__STORE__URL", "memory:");
        settings.forEach((name, value) -> environment.put("DATA_ADAPTER__" + name, value));
        try {
            Process process = builder.start();
            BufferedReader log = process.inputReader();
            String url = untilItListens(log);
            Thread copy = new Thread(() -> log.lines().forEach(System.err::println), "the log of " + url);
            copy.setDaemon(true);
            copy.start();
            return new Program(process, url);
        } catch (IOException e) {
            throw new UncheckedIOException("is it built? make interop does so", e);
        }
    }

    /** Where it listens, such as {@code http://127.0.0.1:8080}. */
    String url() {
        return url;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private static String untilItListens(BufferedReader log) throws IOException {
        StringBuilder soFar = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            soFar.append(line).append('\n');
            System.err.println(line);
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                return listening.group(1);
            }
        }
        throw new IllegalStateException("the program ended instead of listening:\n" + soFar);
    }
}
