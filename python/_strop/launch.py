"""Launches whole commands one after the other and reports what the kernel counted for each."""

import os
import signal
import sys


def main():
    shims = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path[0] = shims
    from _strop import channel as channels
    from _strop import clocks

    channel = channels.Channel()
    request = channel.receive()
    if request is None:
        return
    channel.answer(ready=True)
    while True:
        request = channel.receive()
        if request is None:
            return
        channel.answer(**launch(request, clocks))


def launch(request, clocks):
    environment = {name: value for name, value in request["env"].items() if value is not None}
    # By this mark strop finds what the command left behind, should it have left the process group.
    environment.update((name, value) for name, value in os.environ.items() if name == "STROP_MARK")
    errors = os.open(request["stderr"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    nothing = os.open(os.devnull, os.O_RDWR)
    report = request.get("report")
    read_end, write_end = os.pipe()
    began = clocks.Clock.wall_ns()
    child = os.fork()
    if child == 0:
        try:
            os.chdir(request["cwd"])
            os.dup2(nothing, 0)
            os.dup2(nothing, 1)
            os.dup2(errors, 2)
            if request.get("core") is not None:
                clocks.pin(request["core"])
            if report:
                environment["STROP_PROVENANCE"] = report
            os.execvpe(request["argv"][0], request["argv"], environment)
        except OSError as error:
            os.write(write_end, str(error).encode())
        finally:
            os._exit(127)
    os.close(write_end)
    failure = os.read(read_end, 4096).decode("utf-8", "replace")
    os.close(read_end)
    delay = None
    try:
        # The child is still a zombie: the kernel keeps its scheduling figures until it is reaped.
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        ended = clocks.Clock.wall_ns()
        with open("/proc/%d/schedstat" % child, "rb") as file:
            delay = int(file.read().split()[1])
    except (AttributeError, OSError, IndexError):
        ended = None
    _, status, usage = os.wait4(child, 0)
    ended = clocks.Clock.wall_ns() if ended is None else ended
    os.close(errors)
    os.close(nothing)
    killed = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
    return {
        "wall": ended - began,
        "cpu": int((usage.ru_utime + usage.ru_stime) * 1e9),
        "delay": delay,
        "peakRss": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        "nvcsw": usage.ru_nvcsw,
        "nivcsw": usage.ru_nivcsw,
        "minflt": usage.ru_minflt,
        "exit": None if killed else os.WEXITSTATUS(status),
        "signal": signal.Signals(killed).name if killed else None,
        "startError": failure or None,
    }


if __name__ == "__main__":
    main()
