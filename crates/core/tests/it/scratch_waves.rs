use crate::support::files::{overlay, repository};
use clapot::io::*;
#[test]
fn write_base() {
    let problem = read_problem(&repository("fixtures/invalid/base")).unwrap().problem;
    let floors = read_floors(&problem, &repository("fixtures/invalid/base-floor"))
        .unwrap_or_else(|e| panic!("{e:?}"))
        .floors;
    let plan = read_plan(&problem, &repository("fixtures/invalid/base-plan")).unwrap();
    let waves = crate::support::waves::plain_plan(&problem, &plan, &floors);
    let to = std::path::Path::new("/tmp/floor-base");
    write_plan_with_waves(&problem, &plan, &floors, &waves, to, TableFormat::Csv).unwrap();
    println!(
        "{:?}",
        clapot::verify::verify_waves(&problem, &plan, &floors, &waves).violations
    );
    let _ = overlay;
}
